"""Counselling: explained first, then areas of life, who helps, the own goal."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import AskAction, GuardedAction, ValidateAction
from actions.conversation import Conversation
from actions.model import slots
from actions.runtime import runtime
from actions.services.steps import Way, next_step


class ActionCounsellingNext(GuardedAction):
    """The next step of the journey, whatever it is: a form, the hand-over, or a warm end."""

    action_name = "action_counselling_next"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        step = next_step(conversation.answers)
        if step.way is Way.ASK:
            return [FollowupAction(step.form)]
        if step.way is Way.SUBMIT:
            return [FollowupAction("action_handoff_submit")]
        declined = step.way is Way.DECLINED
        name = "utter_counselling_declined" if declined else "utter_consent_intake_denied"
        dispatcher.utter_message(response=name, args={"card": runtime().orientation.human()})
        # Only the "no" is taken back, so that a later wish for help is asked anew; what was said stays.
        return [SlotSet(slots.BEGIN if declined else slots.CONSENT_INTAKE, None)]


class ValidateCounsellingForm(ValidateAction):
    form = "counselling_form"


class AskCounsellingBegin(AskAction):
    slot = slots.BEGIN


class AskCounsellingAreas(AskAction):
    slot = slots.AREAS


class AskCounsellingHelpers(AskAction):
    slot = slots.HELPERS


class AskCounsellingGoal(AskAction):
    slot = slots.GOAL
