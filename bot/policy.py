"""Rules, and one habit above all of them: a person who writes in another language is asked once whether to change."""

from __future__ import annotations

from typing import Any, Optional

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.languages import LANGUAGE_SLOT

DETECTED = "detected_language"
SETTLED_BY = (LANGUAGE_SLOT, "language__offered")
OFFER = "action_language_offer"
FALLBACK = "action_shared_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class LotsePolicy(RulePolicy):
    """Before the assistant listens again it offers the language that was written in, outside of questions and only once.

    Rules cannot say this: it holds after every answer, and a rule that ends differently contradicts the others.
    """

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[dict[str, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        prediction = super().predict_action_probabilities(tracker, domain, rule_only_data=rule_only_data, **kwargs)
        last = tracker.latest_action_name
        # Where no rule fits, Rasa would predict the fallback again and again.
        listens = last in (OFFER, FALLBACK) or _predicted(prediction, domain) == ACTION_LISTEN_NAME
        if not listens or last == ACTION_LISTEN_NAME:
            return prediction
        following = OFFER if last != OFFER and _is_foreign(tracker) else ACTION_LISTEN_NAME
        return self._rule_prediction(self._prediction_result(following, tracker, domain), "the language of the message")


def _predicted(prediction: PolicyPrediction, domain: Domain) -> str:
    best = max(prediction.probabilities)
    return str(domain.action_names_or_texts[prediction.probabilities.index(best)]) if best > 0 else ""


def _is_foreign(tracker: DialogueStateTracker) -> bool:
    """Whether the message is in a language that was neither chosen nor offered."""
    if tracker.active_loop or tracker.latest_message is None:
        return False
    written = next(tracker.get_latest_entity_values(DETECTED), None)
    return written is not None and written not in [tracker.get_slot(slot) for slot in SETTLED_BY]
