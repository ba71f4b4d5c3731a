"""One classifier for all languages: a multilingual sentence encoder and a standardised linear classifier.

Why these two: docs/decisions/0003-understanding.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

from bot.nlu.encoder import default_encoder
from bot.nlu.normalise import normalise

WEIGHTS = "classifier.npz"
RANKED = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceIntentClassifier(GraphComponent, IntentClassifier):
    """Sets ``intent`` and ``intent_ranking``. An empty text gets no intent, so the fallback answers."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        self._mean = self._scale = self._weights = self._bias = np.zeros(0)
        self._intents: list[str] = []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``C``: inverse strength of the regularisation."""
        return {"C": 0.05}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceIntentClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        vectors = default_encoder().encode([normalise(example.get(TEXT)) for example in examples])
        self._mean, self._scale = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
        model = LogisticRegression(C=self._config["C"], max_iter=1000, class_weight="balanced")
        model.fit((vectors - self._mean) / self._scale, [example.get(INTENT) for example in examples])
        self._weights, self._bias, self._intents = model.coef_, model.intercept_, list(model.classes_)
        with self._model_storage.write_to(self._resource) as directory:
            np.savez(
                directory / WEIGHTS,
                mean=self._mean,
                scale=self._scale,
                weights=self._weights,
                bias=self._bias,
                intents=np.array(self._intents),
            )
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
            saved = np.load(directory / WEIGHTS, allow_pickle=False)
            component._mean, component._scale = saved["mean"], saved["scale"]
            component._weights, component._bias = saved["weights"], saved["bias"]
            component._intents = [str(intent) for intent in saved["intents"]]
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = self._rank(message.get(TEXT) or "")
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _rank(self, text: str) -> list[dict[str, Any]]:
        text = normalise(text)
        if not text or not any(char.isalnum() for char in text):
            return []
        vector = (default_encoder().encode([text])[0] - self._mean) / self._scale
        scores = self._weights @ vector + self._bias
        probabilities = np.exp(scores - scores.max())
        probabilities /= probabilities.sum()
        best = np.argsort(-probabilities)[:RANKED]
        return [{"name": self._intents[index], "confidence": float(probabilities[index])} for index in best]
