"""The language of a message. The chosen one is the prior and stays; another one is only reported, never switched to.

Tells the dialogue by the entity ``detected_language``: a message that is surely in another language. German office words
("Termin", "Jobcenter") in a foreign sentence say nothing. How sure, and why: benchmarks/README.md.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.entities import case_code_in
from bot.nlu.ngrams import ROMANISED, ngram_model
from bot.nlu.normalise import normalise
from bot.nlu.typed import chosen_language, remember_language, typed
from bot.settings import ROOT, Municipality

DETECTED = "detected_language"
PRIOR = 0.8
OURS = 4.0
"""How much likelier a language of the product is than one that is only known, such as Macedonian beside Bulgarian."""
SURE = 0.9
STRANGE = 9.4
"""Surprise above which letters are gibberish; 1 of 3,000 real messages reaches it."""
SHORTEST = 3
"""Letters that a text must have beside office words before anything is said about its language."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")


@lru_cache(maxsize=1)
def _office_words() -> re.Pattern[str]:
    lines = (ROOT / "data/languages/office_words.txt").read_text(encoding="utf-8").splitlines()
    words = [re.escape(normalise(line)).replace(r"\*", r"\w*") for line in lines if line and not line.startswith("#")]
    return re.compile("(?:" + "|".join(words) + ")")


def own_words(text: str) -> str:
    """What is left of a text without addresses, case codes, numbers and German office words."""
    code = case_code_in(text)
    if code:
        text = text[: code.start()] + " " + text[code.end() :]
    words = _WORD.findall(_ADDRESS.sub(" ", normalise(text)))
    return " ".join(word for word in words if not _office_words().fullmatch(word))


def detect(text: str, chosen: Optional[str] = None) -> dict[str, float]:
    """How likely each language is, likeliest first, romanised ones by their ``-Latn`` tag; empty if nothing can be said.

    ``chosen`` is the language of the conversation.
    """
    words = own_words(text)
    if sum(map(len, words.split())) < SHORTEST:
        return {}
    model = ngram_model()
    spoken = {tag: tag.removesuffix(ROMANISED) for tag in model.tags}
    ours = Municipality.load().languages
    prior = {tag: OURS if language in ours else 1.0 for tag, language in spoken.items()}
    same = [tag for tag, language in spoken.items() if language == chosen]
    if same:
        rest = sum(weight for tag, weight in prior.items() if tag not in same)
        prior = {tag: PRIOR / len(same) if tag in same else (1 - PRIOR) * weight / rest for tag, weight in prior.items()}
    return model.probabilities(words, prior)


def is_gibberish(text: str) -> bool:
    """Whether no language that is known puts letters together so."""
    return ngram_model().surprise(own_words(text)) > STRANGE


def other_language(text: str, chosen: Optional[str]) -> Optional[str]:
    """The language that a text is surely in, if that is not the chosen one."""
    likely = detect(text, chosen)
    if not likely:
        return None
    by_language: dict[str, float] = {}
    for tag, probability in likely.items():
        language = tag.removesuffix(ROMANISED)
        by_language[language] = by_language.get(language, 0.0) + probability
    best = max(by_language, key=by_language.__getitem__)
    return best if by_language[best] >= SURE and best != chosen else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageDetector(GraphComponent, EntityExtractorMixin):
    """Adds the entity ``detected_language`` to a message that is surely not in the chosen language.

    The chosen language is that of the conversation; before there is one, the one that the channel gives. It is remembered for
    the components that follow.
    """

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> LanguageDetector:
        return cls()

    def process(self, messages: list[Message], tracker: Optional[DialogueStateTracker] = None) -> list[Message]:
        for message in messages:
            remember_language(message, tracker)
            text = typed(message)
            language = other_language(text, chosen_language(message))
            if language:
                entity = {"entity": DETECTED, "value": language, "start": 0, "end": len(text)}
                message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name([entity]), add_to_output=True)
        return messages
