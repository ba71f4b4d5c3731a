"""Orientation: any topic, answered with a named local office. Needs no identity and no consent."""

from __future__ import annotations

from typing import Optional

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import GuardedAction, put_aside
from actions.conversation import Conversation
from actions.model import slots
from actions.model.routing import Question
from actions.runtime import runtime


class ActionOrientationTopic(GuardedAction):
    """The card of the topic that was asked for; if there is none yet, a page of the municipality that fits, or where to ask."""

    action_name = "action_orientation_topic"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        orientation, question = runtime().orientation, asked_by(conversation)
        utterance = orientation.topic(conversation.intent, question)
        if utterance is None and conversation.page:
            utterance = orientation.page(conversation.page, conversation.language)
        response, args = utterance or ("utter_orientation_missing", {"card": orientation.human(question)})
        dispatcher.utter_message(response=response, args=args)
        return [SlotSet(slots.ATTEMPTS, None), SlotSet(slots.PLACE, _remembered(conversation))]


def asked_by(conversation: Conversation) -> Question:
    """What this message says of who asks; else the place that an earlier one named, and who helps already if that was told."""
    code, place = conversation.entity("postal_code"), conversation.entity("place")
    if code is None and place is None:
        code = place = _remembered(conversation)
    return Question(
        at=runtime().local_time(),
        postal_code=code,
        place=place,
        language=conversation.language,
        helped_by=tuple(conversation.answers.value(slots.HELPERS) or ()),
    )


def _remembered(conversation: Conversation) -> Optional[str]:
    """The place that was named before; naming the municipality itself takes back one that is not in it."""
    said: Optional[str] = conversation.slot(slots.PLACE)
    if said and conversation.entity("municipality") and runtime().orientation.is_elsewhere(said):
        return None
    return said


class ActionOrientationHuman(GuardedAction):
    """Where to find a person."""

    action_name = "action_orientation_human"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        card = runtime().orientation.human(asked_by(conversation))
        dispatcher.utter_message(response="utter_talk_to_human", args={"card": card})
        return []


class ActionOrientationContact(GuardedAction):
    """An answer that is said in the response of the same name as the intent, and ends at the office that helps in person."""

    action_name = "action_orientation_contact"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        card = runtime().orientation.human(asked_by(conversation))
        dispatcher.utter_message(response=f"utter_{conversation.intent}", args={"card": card})
        return []


class ActionOrientationTopics(GuardedAction):
    """Areas of life, or the topics of one."""

    action_name = "action_orientation_topics"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        area, orientation = conversation.entity("area"), runtime().orientation
        response, args = orientation.topics(area) if area else orientation.areas()
        dispatcher.utter_message(response=response, args=args)
        return [*put_aside(conversation), SlotSet(slots.ATTEMPTS, None)]


class ActionOrientationPassage(GuardedAction):
    """Passages of life, or the steps of one."""

    action_name = "action_orientation_passage"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        orientation = runtime().orientation
        response, args = orientation.passage(conversation.entity("passage") or "", runtime().clock().date())
        dispatcher.utter_message(response=response, args=args)
        return [*put_aside(conversation), SlotSet(slots.ATTEMPTS, None)]
