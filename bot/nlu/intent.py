"""One classifier for the intents of all languages. Why this one: docs/decisions/0003-understanding.md."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.kernel import TwoViews
from bot.nlu.language import is_gibberish
from bot.nlu.learnt import LearntClassifier
from bot.nlu.typed import chosen_language, is_settled, settle, typed

RANKED = 5
CRISIS = "crisis_"
UNSURE = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceIntentClassifier(LearntClassifier):
    """Sets ``intent`` and ``intent_ranking``; ``nlu_fallback`` where it is less sure than the language's threshold.

    A message whose intent an earlier component has set keeps it. One without letters and digits, or with
    letters that no language puts together so, gets ``nlu_fallback`` and no other meanings.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The common ones (LearntClassifier), and ``thresholds``: least probability per language, ``default`` for all others."""
        return {**LearntClassifier.get_default_config(), "thresholds": {"default": 0.25, "kmr": 0.15}}

    def train(self, training_data: TrainingData) -> Resource:
        typed_ones = [example for example in training_data.intent_examples if example.get(TEXT)]
        examples = [example for example in typed_ones if not example.get(INTENT).startswith(CRISIS)]
        texts, intents = [example.get(TEXT) for example in examples], [example.get(INTENT) for example in examples]
        self._model = TwoViews.trained(texts, intents, self._config)
        return self._kept()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = typed(message)
            if text and not is_settled(message):
                settle(message, self._ranked(text, chosen_language(message)))
        return messages

    def _ranked(self, text: str, language: Optional[str]) -> list[dict[str, Any]]:
        if self._model is None or not any(char.isalnum() for char in text) or is_gibberish(text):
            return [{"name": UNSURE, "confidence": 1.0}]
        probabilities = self._model.probabilities(text, language)
        best = np.argsort(-probabilities)[:RANKED]
        ranking = [{"name": self._model.classes[index], "confidence": float(probabilities[index])} for index in best]
        thresholds = self._config["thresholds"]
        threshold = thresholds.get(language, thresholds["default"])
        if ranking[0]["confidence"] < threshold:
            ranking.insert(0, {"name": UNSURE, "confidence": 1.0 - ranking[0]["confidence"]})
        return ranking
