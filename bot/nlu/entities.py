"""Entities found by libraries and by lists that people keep, not by training."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.ages import under_age
from bot.nlu.names import Found, language_named, place_named
from bot.nlu.normalise import normalise
from bot.nlu.times import time_in
from bot.nlu.typed import chosen_language, settle, typed
from bot.settings import Municipality

CODE = re.compile(r"\b[0-9a-hj-km-np-tv-zoil]{4}[\s\-–]?[0-9a-z]{4}[\s\-–]?[0-9a-z]{4}\b", re.IGNORECASE)
EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\".!?؟]{2,}")
CURRENCY = r"(?:€|(?:euros?|eur|avro|ewro|евро|євро)\b|يورو|یورو)"
POSTAL_CODE = re.compile(rf"(?<![\d€])(?<!€ )\d{{5}}(?![\d.,]*\s?{CURRENCY})(?!\d)", re.IGNORECASE)
"""Five digits that are no sum of money."""
ALONE = {"language": "change_language", "case_code": "ask_case_status", "age": "my_age"}
"""What a message wants that is nothing but such an entity."""
REGION = "DE"
SHORTEST_NUMBER = 6
UNDER_AGE = "under_18"

Entity = dict[str, Any]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class KnownEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Sets ``language``, ``case_code``, ``time`` (ISO 8601 interval), ``phone`` (E.164), ``email``, and where somebody is.

    That is ``postal_code``, ``place`` (a town or district of ours, or a place nearby) or ``municipality`` (only its name).
    ``age`` is ``under_18`` where somebody says so; how old exactly is nobody's business.
    A message that is nothing but a language, a code or an age also gets its intent.
    """

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> KnownEntityExtractor:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = typed(message)
            found = list(entities(text, chosen_language(message), _today())) if text else []
            if not found:
                continue
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(found), add_to_output=True)
            alone = [entity["entity"] for entity in found if entity["entity"] in ALONE and _is_all(entity, text)]
            intent = ALONE[alone[0]] if alone else None
            if intent:
                settle(message, [{"name": intent, "confidence": 1.0}])
        return messages


def _today() -> date:
    return datetime.now(ZoneInfo(Municipality.load().time_zone)).date()


def _is_all(entity: Entity, text: str) -> bool:
    return text[: entity["start"]].strip() == "" and text[entity["end"] :].strip(" .!?؟") == ""


def entities(text: str, language: str | None, today: date) -> Iterator[Entity]:
    """All entities of a text. ``language`` is that of the conversation."""
    language_found, place = language_named(text), place_named(text)
    if language_found:
        yield _words("language", language_found, text)
    if place:
        yield _words(*place, text)
    code = case_code_in(text)
    if code:
        yield _span("case_code", code.group(), code.start(), code.end())
    when = time_in(text, language, today)
    if when:
        yield _span("time", when, 0, len(text))
    young = under_age(text)
    if young:
        # Which words say it is not known; all of them do, or not all.
        yield _span("age", UNDER_AGE, 0, len(text) if young.alone else 0)
    yield from _contacts(text)


def case_code_in(text: str) -> re.Match[str] | None:
    """What looks like a case code. Letters alone are words ("kein Geld mehr"); every code has a digit."""
    code = CODE.search(text)
    return code if code and any(char.isdigit() for char in code.group()) else None


def _contacts(text: str) -> Iterator[Entity]:
    for match in EMAIL.finditer(text):
        yield _span("email", match.group(), match.start(), match.end())
    if not any(char.isdigit() for char in text):
        return
    numbers = list(phonenumbers.PhoneNumberMatcher(text, REGION, leniency=phonenumbers.Leniency.VALID))
    for found in numbers:
        value = phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164)
        if len(str(found.number.national_number)) >= SHORTEST_NUMBER:
            yield _span("phone", value, found.start, found.end)
    for match in POSTAL_CODE.finditer(normalise(text) if not text.isascii() else text):
        if not any(found.start <= match.start() < found.end for found in numbers):
            yield _span("postal_code", match.group(), match.start(), match.end())


def _span(name: str, value: str, start: int, end: int) -> Entity:
    return {"entity": name, "value": value, "start": start, "end": end}


def _words(name: str, found: Found, text: str) -> Entity:
    spans = [match.span() for match in re.finditer(r"\S+", text)]
    return _span(name, found.value, spans[found.first][0], spans[found.end - 1][1])
