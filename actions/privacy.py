"""What the person may ask of us about the own data, in this conversation."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, AllSlotsReset, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import GuardedAction, put_aside
from actions.conversation import Conversation
from actions.model import slots
from actions.runtime import runtime

CONFIRMED = "confirm_forgetting"
KEPT = (slots.LANGUAGE, slots.RUN)
"""Without ``RUN``, a new intake would have the id of one that was submitted before."""


class ActionPrivacyForget(GuardedAction):
    """Asks before the answers are dropped, then drops them; an open question is put aside meanwhile."""

    action_name = "action_privacy_forget"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        if conversation.intent == CONFIRMED:
            await runtime().booking.release(conversation.answers)
            dispatcher.utter_message(response="utter_privacy_forgotten")
            # The conversation store deletes all that came before this event (bot/tracker_store.py).
            return [AllSlotsReset(), ActiveLoop(None), *(SlotSet(name, conversation.slot(name)) for name in KEPT)]
        dispatcher.utter_message(response="utter_privacy_forget_ask", args={"card": runtime().orientation.human()})
        return put_aside(conversation)


class ActionPrivacyExport(GuardedAction):
    """What the conversation knows about the person."""

    action_name = "action_privacy_export"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        card = runtime().asking.known(conversation.answers, conversation.slot(slots.PLACE))
        if card is None:
            dispatcher.utter_message(response="utter_privacy_export_nothing", args={"card": runtime().orientation.human()})
        else:
            dispatcher.utter_message(response="utter_privacy_export", args={"card": card})
        return put_aside(conversation)
