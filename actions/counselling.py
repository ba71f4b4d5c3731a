"""Counselling: explained first, then areas of life, who helps, the own goal."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import LEAVE_FORM, GuardedAction, ValidateAction, asks, put_aside
from actions.conversation import Conversation
from actions.handoff import forgotten
from actions.model import slots
from actions.model.answer import Answer
from actions.model.consent import Purpose
from actions.orientation import asked_by
from actions.runtime import runtime
from actions.services.steps import Way, next_step

PRESENT, ABSENT, MYSELF = "present", "absent", "self"


class ActionCounsellingNext(GuardedAction):
    """The next step of the journey, whatever it is: a form, the hand-over, or a warm end."""

    action_name = "action_counselling_next"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        if conversation.is_minor:
            return [FollowupAction(ActionCounsellingAge.action_name)]
        step = next_step(runtime().journey, conversation.answers)
        if step.way is Way.ASK:
            return [FollowupAction(step.form)]
        if step.way is Way.SUBMIT:
            return [FollowupAction("action_handoff_submit")]
        declined = step.way is Way.DECLINED
        name = "utter_counselling_declined" if declined else "utter_consent_intake_denied"
        dispatcher.utter_message(response=name, args={"card": runtime().orientation.human()})
        # Only the "no" is taken back, so that a later wish for help is asked anew; what was said stays.
        return [SlotSet(slots.BEGIN if declined else slots.CONSENT_INTAKE, None)]


class ActionCounsellingAge(GuardedAction):
    """What follows from the own age: who is under 18 gets people instead of questions, and nothing taken so far is kept."""

    action_name = "action_counselling_age"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        if not conversation.is_minor:
            return [FollowupAction(ActionCounsellingNext.action_name)]
        dropped = await _dropped(conversation)
        dispatcher.utter_message(response="utter_counselling_minor")
        card = runtime().orientation.young(asked_by(conversation))
        dispatcher.utter_message(response="utter_counselling_minor_where", args={"card": card})
        # Reached by a followup, no rule says what comes after it.
        return [*dropped, FollowupAction("action_listen")]


class ActionCounsellingWriter(GuardedAction):
    """Who is it for: oneself, a person who is there and agrees in person, or one who is not. Of that one nothing is taken."""

    action_name = "action_counselling_writer"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        who = conversation.entity("choice")
        if who not in (PRESENT, MYSELF):
            card = runtime().orientation.human(asked_by(conversation))
            name = "utter_refer_absent" if who == ABSENT else "utter_refer_someone"
            dispatcher.utter_message(response=name, args={"card": card})
            return await _dropped(conversation) if who == ABSENT else put_aside(conversation)
        writer = Answer.chosen(slots.HELPER).to_slot() if who == PRESENT else None
        # A "yes" that was said before is not known to be the person's own.
        dropped = await _dropped(conversation) if writer and slots.CONSENT_INTAKE in conversation.answers else []
        return [*dropped, SlotSet(slots.WRITER, writer), FollowupAction(ActionCounsellingNext.action_name)]


async def _dropped(conversation: Conversation) -> list[EventType]:
    """Nothing that was taken in this conversation is kept, held or handed over."""
    left = [*LEAVE_FORM, SlotSet(slots.LEFT_FORM, None), *forgotten(conversation.answers)]
    here = await runtime().rights.here(conversation.intake_id, conversation.answers)
    if not here.records:
        return left
    await runtime().rights.withdraw(here, Purpose.INTAKE)
    return [*left, SlotSet(slots.RUN, conversation.run + 1)]


class ValidateCounsellingForm(ValidateAction):
    form = "counselling_form"


QUESTIONS = asks(slots.BEGIN, slots.AREAS, slots.HELPERS, slots.GOAL)
