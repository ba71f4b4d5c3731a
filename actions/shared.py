"""What steers every journey: pause, back, why, resume, and not understanding."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import MAX_ATTEMPTS, GuardedAction
from actions.conversation import Conversation
from actions.model import nodes, slots
from actions.model.questions import previous_question
from actions.services import dialogue

LEAVE_FORM = [ActiveLoop(None), SlotSet(slots.REQUESTED, None), SlotSet(slots.ATTEMPTS, None)]


class ActionSharedPause(GuardedAction):
    """Stop asking, keep the answers. The menu stops too: it is shown instead of the question."""

    action_name = "action_shared_pause"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        if conversation.active_form:
            dispatcher.utter_message(response="utter_paused")
        elif conversation.intent == "show_menu":
            dispatcher.utter_message(response="utter_menu")
        else:
            dispatcher.utter_message(response="utter_nothing_to_stop")
        return list(LEAVE_FORM)


class ActionSharedBack(GuardedAction):
    """Take back the previous answer and ask it again."""

    action_name = "action_shared_back"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        slot = conversation.requested_slot
        previous = previous_question(conversation.answers, slot) if slot else None
        if previous is None:
            dispatcher.utter_message(response="utter_nothing_to_correct")
            return []
        return [*LEAVE_FORM, SlotSet(previous.slot, None), FollowupAction("action_counselling_next")]


class ActionSharedWhy(GuardedAction):
    """Why the open question is asked."""

    action_name = "action_shared_why"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        slot = conversation.requested_slot
        if slot is None or slot == slots.BEGIN:
            dispatcher.utter_message(response="utter_why_nothing_asked")
        else:
            dispatcher.utter_message(response="utter_why", args={"reason": nodes.response(dialogue.reason(slot))})
        return []


class ActionSharedResume(GuardedAction):
    """Back to where the person was: an open form asks again by itself, otherwise the menu."""

    action_name = "action_shared_resume"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        if not conversation.active_form:
            dispatcher.utter_message(response="utter_menu")
        return []


class ActionSharedFallback(GuardedAction):
    """Not understood outside a question: once with an example and the menu, then a person."""

    action_name = "action_shared_fallback"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        # Also Rasa's answer where no rule fits; without this it would be predicted again and again.
        listen = FollowupAction("action_listen")
        attempts = conversation.attempts + 1
        if attempts >= MAX_ATTEMPTS:
            dispatcher.utter_message(response="utter_fallback_human")
            return [SlotSet(slots.ATTEMPTS, None), listen]
        dispatcher.utter_message(response="utter_fallback")
        return [SlotSet(slots.ATTEMPTS, attempts), listen]
