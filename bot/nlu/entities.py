"""Entities found by knowledge rather than by training: names of languages, codes of requests."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Optional

from babel import Locale
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.normalise import normalise
from bot.settings import Municipality

CODE = re.compile(r"\b[0-9a-hj-km-np-tv-zoil]{4}[\s\-–]?[0-9a-z]{4}[\s\-–]?[0-9a-z]{4}\b", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+", re.UNICODE)


@lru_cache(maxsize=1)
def language_names() -> dict[str, str]:
    """Names of the languages of the chat, in all of these languages, to their tags."""
    tags = Municipality.load().languages
    return {normalise(Locale.parse(naming).languages[tag]): tag for naming in tags for tag in tags}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class NamedEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Sets ``language`` and ``case_code``. A message that is nothing but one of them also gets its intent."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> NamedEntityExtractor:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            found = [entity for entity in (_language(text), _code(text)) if entity]
            if not found:
                continue
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(found), add_to_output=True)
            entity = found[0]
            if text[: entity["start"]].strip() == "" and text[entity["end"] :].strip(" .!?") == "":
                intent = "change_language" if entity["entity"] == "language" else "ask_case_status"
                message.set(INTENT, {"name": intent, "confidence": 1.0}, add_to_output=True)
                message.set("intent_ranking", [{"name": intent, "confidence": 1.0}], add_to_output=True)
        return messages


def _language(text: str) -> Optional[dict[str, Any]]:
    for word in WORD.finditer(text):
        tag = language_names().get(normalise(word.group()))
        if tag:
            return {"entity": "language", "value": tag, "start": word.start(), "end": word.end()}
    return None


def _code(text: str) -> Optional[dict[str, Any]]:
    match = CODE.search(text)
    # Letters alone are words ("Wohnung suchen ..."); a code of eleven random characters has a digit but once in a while.
    if match is None or not any(char.isdigit() for char in match.group()):
        return None
    return {"entity": "case_code", "value": match.group(), "start": match.start(), "end": match.end()}
