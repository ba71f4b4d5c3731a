"""The crisis guard: before the classifier, independent of it, in every state of the dialogue.

Rules by words find what is listed, a classifier of its own finds what is said in other words. Both err on the side of
showing the numbers: a false alarm costs a glance, a missed one may cost a life; how often each happens: benchmarks/README.md.
"""

from __future__ import annotations

import json
from collections import defaultdict
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

from bot.nlu.crisis_rules import HARMLESS, CrisisRules
from bot.nlu.intent import CRISIS
from bot.nlu.kernel import TwoViews
from bot.nlu.normalise import fold
from bot.nlu.romanised import readable
from bot.nlu.typed import chosen_language, typed

RULES, WEIGHTS = "rules.json", "classifier.npz"


def _is_near(intent: str) -> bool:
    return intent.startswith(CRISIS) or intent == HARMLESS


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CrisisGuard(GraphComponent, IntentClassifier):
    """Sets an intent ``crisis_…`` where a message tells of a crisis; leaves all others alone.

    Learns from data/nlu/<lang>/crisis.yml: ``regex`` entries are the rules, intents ``crisis_…`` and the list ``not_crisis``
    (near misses) the examples; all other training messages are examples of no crisis.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        self._rules: Optional[CrisisRules] = None
        self._model: Optional[TwoViews] = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``width``, ``ridge_…``, ``letters``: see TwoViews.

        ``threshold``: least probability of any crisis that shows the numbers.
        ``others``: every how-many-th message without a crisis is learnt from.
        """
        return {"width": 0.25, "ridge_meaning": 0.03, "ridge_letters": 0.3, "letters": 0.5, "threshold": 0.45, "others": 2}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> CrisisGuard:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        rules: dict[str, list[str]] = defaultdict(list)
        for entry in training_data.regex_features:
            rules[entry["name"]].append(entry["pattern"])
        examples = [(example.get(TEXT), example.get(INTENT)) for example in training_data.intent_examples if example.get(TEXT)]
        examples += [
            (text, HARMLESS) for table in training_data.lookup_tables if table["name"] == HARMLESS for text in table["elements"]
        ]
        known = sorted({word for text, intent in examples if not intent.startswith(CRISIS) for word in fold(text).split()})
        self._rules = CrisisRules(rules, known)
        near = [example for example in examples if _is_near(example[1])]
        others = [example for example in examples if not _is_near(example[1])][:: self._config["others"]]
        labels = [intent if intent.startswith(CRISIS) else HARMLESS for _, intent in near + others]
        self._model = TwoViews.trained([text for text, _ in near + others], labels, self._config)
        with self._model_storage.write_to(self._resource) as directory:
            (directory / RULES).write_text(json.dumps({"rules": rules, "known": known}, ensure_ascii=False), encoding="utf-8")
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
    ) -> CrisisGuard:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            saved = json.loads((directory / RULES).read_text(encoding="utf-8"))
            component._rules = CrisisRules(saved["rules"], saved["known"])
            component._model = TwoViews(np.load(directory / WEIGHTS, allow_pickle=False))
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            # What is nothing but a case code or a language's name says nothing that could be learnt: the rules alone read it.
            learnt = not (message.get(INTENT) or {}).get("name")
            kind, probability = self._kind(typed(message), chosen_language(message), learnt)
            if kind:
                message.set(INTENT, {"name": kind, "confidence": probability}, add_to_output=True)
                message.set("intent_ranking", [{"name": kind, "confidence": probability}], add_to_output=True)
        return messages

    def _kind(self, text: str, chosen: Optional[str], learnt: bool) -> tuple[Optional[str], float]:
        if self._rules is None or self._model is None or not any(char.isalpha() for char in text):
            return None, 0.0
        found = self._rules.kind(text) or self._rules.kind(readable(text, chosen))
        if found:
            return found, 1.0
        if not learnt:
            return None, 0.0
        probabilities = dict(zip(self._model.classes, self._model.probabilities(text, chosen), strict=True))
        alarm = 1.0 - float(probabilities.pop(HARMLESS))
        if alarm < self._config["threshold"]:
            return None, alarm
        return max(probabilities, key=probabilities.__getitem__), alarm
