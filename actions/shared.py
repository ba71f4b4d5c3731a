"""What steers every journey: pause, back, why, resume, and not understanding."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import LEAVE_FORM, MAX_ATTEMPTS, GuardedAction
from actions.conversation import Conversation
from actions.model import slots
from actions.runtime import runtime
from actions.services.dialogue import explanation
from actions.services.languages import language_choices
from actions.services.meanings import meanings

STATUS_FORM = "status_form"


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
        previous = runtime().journey.previous_question(conversation.answers, slot) if slot else None
        if previous is None:
            dispatcher.utter_message(response="utter_nothing_to_correct")
            return []
        if previous.slot == slots.BOOKING_SLOT:
            await runtime().booking.release(conversation.answers)
        return [*LEAVE_FORM, SlotSet(previous.slot, None), FollowupAction("action_counselling_next")]


class ActionSharedWhy(GuardedAction):
    """Why the open question is asked."""

    action_name = "action_shared_why"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        slot = conversation.requested_slot
        if slot is None or slot == slots.BEGIN:
            dispatcher.utter_message(response="utter_why_nothing_asked")
        else:
            dispatcher.utter_message(response="utter_why", args={"reason": runtime().asking.why(slot)})
        return []


class ActionSharedResume(GuardedAction):
    """Back to where the person was: the question that was put aside, an open one asks again by itself, otherwise the menu."""

    action_name = "action_shared_resume"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        left = conversation.slot(slots.LEFT_FORM)
        if conversation.active_form:
            return []
        if left:
            # On the way to help the next question may be another one by now: a consent may have been taken back meanwhile.
            following = left if left == STATUS_FORM else "action_counselling_next"
            return [SlotSet(slots.LEFT_FORM, None), FollowupAction(following)]
        dispatcher.utter_message(response="utter_menu")
        return []


class ActionSharedSimplify(GuardedAction):
    """Easier words: the explanation of the open question, the simple variant of the language, or a person."""

    action_name = "action_shared_simplify"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        slot = conversation.requested_slot
        simple = f"{conversation.language}-simple"
        if slot:
            dispatcher.utter_message(response=explanation(slot, runtime().journey.entry(slot)))
        elif simple in runtime().content.profile.languages:
            dispatcher.utter_message(response="utter_simplify_variant")
        else:
            dispatcher.utter_message(response="utter_simplify")
        return []


class ActionSharedRepeat(GuardedAction):
    """The last answer again; an open question asks again by itself."""

    action_name = "action_shared_repeat"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        if not conversation.active_form:
            name, args = conversation.last_answer or ("utter_menu", {})
            dispatcher.utter_message(response=name, args=args)
        return []


class ActionSharedFallback(GuardedAction):
    """Not understood outside a question: a page of the municipality; else once the likeliest meanings, then a person."""

    action_name = "action_shared_fallback"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        if conversation.page:
            response, args = runtime().orientation.page(conversation.page, conversation.language)
            dispatcher.utter_message(response=response, args={**args, "choices": meanings(conversation.meanings)})
            return [SlotSet(slots.ATTEMPTS, None)]
        if conversation.entity("age") and conversation.is_minor:
            # Who says to be under 18 is not told first that nothing was understood.
            return [FollowupAction("action_counselling_age")]
        attempts = conversation.attempts + 1
        if attempts >= MAX_ATTEMPTS:
            dispatcher.utter_message(response="utter_fallback_human")
            return [SlotSet(slots.ATTEMPTS, None)]
        likely = meanings(conversation.meanings)
        if likely:
            dispatcher.utter_message(response="utter_meaning", args={"choices": likely})
        else:
            languages = language_choices(runtime().content.profile.languages)
            dispatcher.utter_message(response="utter_language_unrecognised", args={"choices": languages})
        return [SlotSet(slots.ATTEMPTS, attempts)]


class ActionSharedOutOfScope(GuardedAction):
    """Understood, but none of our topics: a page of the municipality that fits, else that we do not know."""

    action_name = "action_shared_out_of_scope"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        page = conversation.page
        response, args = runtime().orientation.page(page, conversation.language) if page else ("utter_out_of_scope", {})
        dispatcher.utter_message(response=response, args=args)
        return []
