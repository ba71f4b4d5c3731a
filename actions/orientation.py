"""Orientation: any topic, answered with a named local office. Needs no identity and no consent."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import GuardedAction
from actions.conversation import Conversation
from actions.model import slots
from actions.runtime import runtime


class ActionOrientationTopic(GuardedAction):
    """The card of the topic that was asked for."""

    action_name = "action_orientation_topic"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        utterance = runtime().orientation.topic(conversation.intent, runtime().clock().date())
        response, args = utterance or ("utter_fallback", {})
        dispatcher.utter_message(response=response, args=args)
        return [SlotSet(slots.ATTEMPTS, None)]


class ActionOrientationHuman(GuardedAction):
    """Where to find a person."""

    action_name = "action_orientation_human"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        dispatcher.utter_message(response="utter_talk_to_human", args={"card": runtime().orientation.human()})
        return []
