"""One classifier for the intents of all languages. Why this one: docs/decisions/0003-understanding.md."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.kernel import TwoViews
from bot.nlu.language import is_gibberish
from bot.nlu.typed import chosen_language, typed

WEIGHTS = "classifier.npz"
RANKED = 5
CRISIS = "crisis_"
UNSURE = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceIntentClassifier(GraphComponent, IntentClassifier):
    """Sets ``intent`` and ``intent_ranking``; ``nlu_fallback`` where it is less sure than the language's threshold.

    A message whose intent an earlier component has set keeps it. One without letters and digits, or with
    letters that no language puts together so, gets ``nlu_fallback`` and no other meanings.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        self._model: Optional[TwoViews] = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``width``, ``ridge_…``, ``letters``: see TwoViews.

        ``thresholds``: least probability per language, ``default`` for all others.
        """
        return {"width": 0.25, "ridge_meaning": 0.03, "ridge_letters": 0.3, "letters": 0.5, "thresholds": {"default": 0.25}}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceIntentClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        typed_ones = [example for example in training_data.intent_examples if example.get(TEXT)]
        examples = [example for example in typed_ones if not example.get(INTENT).startswith(CRISIS)]
        texts, intents = [example.get(TEXT) for example in examples], [example.get(INTENT) for example in examples]
        self._model = TwoViews.trained(texts, intents, self._config)
        with self._model_storage.write_to(self._resource) as directory:
            np.savez(directory / WEIGHTS, **self._model.state)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceIntentClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            # No pickled objects: a model file is data, never code.
            component._model = TwoViews(np.load(directory / WEIGHTS, allow_pickle=False))
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = typed(message)
            if text and not (message.get(INTENT) or {}).get("name"):
                ranking = self._ranked(text, chosen_language(message))
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set("intent_ranking", ranking, add_to_output=True)
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
