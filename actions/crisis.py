"""Crisis: the right numbers at once, in any state; the journey waits and goes on when the person wants."""

from __future__ import annotations

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import GuardedAction, put_aside
from actions.conversation import Conversation
from actions.runtime import runtime

KINDS = ("crisis_suicide", "crisis_violence", "crisis_medical", "crisis_child")


class ActionCrisisShow(GuardedAction):
    """The numbers that fit the kind of crisis. An open question is put aside, not asked again below them."""

    action_name = "action_crisis_show"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        name = f"utter_{conversation.intent}" if conversation.intent in KINDS else "utter_emergency"
        # Whoever is in danger writes in the language of the heart: the answer comes in it, before any offer to change.
        written = conversation.entity("detected_language")
        args = {"lang": written} if written in runtime().content.profile.languages else {}
        dispatcher.utter_message(response=name, args=args)
        return put_aside(conversation)
