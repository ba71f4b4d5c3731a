"""The crisis guard: before the classifier, independent of it, in every state of the dialogue.

Rules by words find what is listed, a classifier of its own finds what is said in other words. Both err on the side of
showing the numbers: a false alarm costs a glance, a missed one may cost a life; how often each happens: benchmarks/README.md.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any, Optional

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.crisis_rules import HARMLESS, CrisisRules
from bot.nlu.intent import CRISIS
from bot.nlu.kernel import TwoViews
from bot.nlu.learnt import LearntClassifier
from bot.nlu.normalise import fold
from bot.nlu.romanised import readable
from bot.nlu.typed import chosen_language, is_settled, settle, typed

RULES = "rules.json"


def _is_near(intent: str) -> bool:
    return intent.startswith(CRISIS) or intent == HARMLESS


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CrisisGuard(LearntClassifier):
    """Sets an intent ``crisis_…`` where a message tells of a crisis; leaves all others alone.

    Learns from data/nlu/<lang>/crisis.yml: ``regex`` entries are the rules, intents ``crisis_…`` and the list ``not_crisis``
    (near misses) the examples; all other training messages are examples of no crisis.
    """

    _rules: Optional[CrisisRules] = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The common ones (LearntClassifier), and two.

        ``threshold``: least probability of any crisis that shows the numbers. ``suspicion``: the same where the words of a rule
        may have been misspelt ("klinika" is one letter from a Bulgarian ambulance).
        """
        return {**LearntClassifier.get_default_config(), "threshold": 0.4, "suspicion": 0.1}

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
        # Of texts told in nearly the same letters the first is learnt from: one that is near a crisis, if there is one.
        examples.sort(key=lambda example: not _is_near(example[1]))
        labels = [intent if intent.startswith(CRISIS) else HARMLESS for _, intent in examples]
        self._model = TwoViews.trained([text for text, _ in examples], labels, self._config)
        return self._kept()

    def _write(self, directory: Path) -> None:
        super()._write(directory)
        if self._rules is not None:
            (directory / RULES).write_text(json.dumps(self._rules.state, ensure_ascii=False), encoding="utf-8")

    def _read(self, directory: Path) -> None:
        super()._read(directory)
        self._rules = CrisisRules(**json.loads((directory / RULES).read_text(encoding="utf-8")))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            # What is nothing but a case code or a language's name says nothing that could be learnt: the rules alone read it.
            kind, probability = self._kind(typed(message), chosen_language(message), learnt=not is_settled(message))
            if kind:
                settle(message, [{"name": kind, "confidence": probability}])
        return messages

    def _kind(self, text: str, chosen: Optional[str], learnt: bool) -> tuple[Optional[str], float]:
        if self._rules is None or self._model is None or not any(char.isalpha() for char in text):
            return None, 0.0
        spellings = (text, readable(text, chosen))
        found = next(filter(None, map(self._rules.kind, spellings)), None)
        if found:
            return found, 1.0
        if not learnt:
            return None, 0.0
        guess = next(filter(None, map(self._rules.kind_if_misspelt, spellings)), None)
        probabilities = dict(zip(self._model.classes, self._model.probabilities(text, chosen), strict=True))
        alarm = 1.0 - float(probabilities.pop(HARMLESS))
        if alarm < self._config["suspicion" if guess else "threshold"]:
            return None, alarm
        return guess or max(probabilities, key=probabilities.__getitem__), alarm
