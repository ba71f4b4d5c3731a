"""Consent: one purpose at a time, kept as a record before anything is asked that needs it."""

from __future__ import annotations

import abc
import asyncio

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import AskAction, ValidateAction, asks
from actions.conversation import Conversation
from actions.model import slots
from actions.model.answer import Answer
from actions.model.consent import PURPOSE_OF_SLOT
from actions.runtime import runtime


class ConsentRecording(ValidateAction, abc.ABC):
    """Validates forms that hold consent questions: a "yes" is recorded first, and only then counts."""

    async def on_answer(
        self, dispatcher: CollectingDispatcher, conversation: Conversation, slot: str, answer: Answer
    ) -> list[EventType]:
        purpose = PURPOSE_OF_SLOT.get(slot)
        consents = runtime().consents
        if purpose is not None and answer.value is True:
            await asyncio.to_thread(
                consents.grant, conversation.intake_id, purpose, conversation.shown_language, conversation.channel
            )
        elif purpose is not None:
            await asyncio.to_thread(consents.take_back, conversation.intake_id, purpose)
        return await super().on_answer(dispatcher, conversation, slot, answer)


class ValidateConsentForm(ConsentRecording):
    form = "consent_form"


class AskConsentIntake(AskAction):
    """Where somebody types for the person, it is said first that the answer is the person's own."""

    slot = slots.CONSENT_INTAKE

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        if conversation.answers.value(slots.WRITER) == slots.HELPER:
            dispatcher.utter_message(response="utter_consent_helper")
        return await super().act(dispatcher, conversation)


QUESTIONS = asks(slots.CONSENT_APPOINTMENT, slots.CONSENT_INTERPRETER)
