"""Booking: times, person and interpreter found together; hold, then confirm."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import AskAction, ValidateAction, explained, reopened
from actions.conversation import Conversation
from actions.model import slots
from actions.model.answer import Answer
from actions.model.errors import BackendUnavailable, SlotTaken
from actions.model.outcome import NotUnderstood
from actions.runtime import runtime
from actions.services.booking import Offer
from actions.services.dialogue import explanation


class AskBookingSlot(AskAction):
    """Offers free times, or says honestly that the calendar does not answer."""

    slot = slots.BOOKING_SLOT

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        shown = Offer.from_slot(conversation.slot(slots.BOOKING_OFFERED))
        after = shown.later if conversation.message.choices == ("later",) else None
        try:
            offer = await runtime().booking.offer(conversation.answers, after)
        except BackendUnavailable:
            dispatcher.utter_message(response="utter_booking_unavailable")
            return []
        response, args = runtime().asking.offer_slots(offer, conversation.answers)
        dispatcher.utter_message(response=response, args=args)
        return [SlotSet(slots.BOOKING_OFFERED, offer.to_slot())]


class AskBookingConfirmed(AskAction):
    slot = slots.BOOKING_CONFIRMED


class ValidateBookingForm(ValidateAction):
    """Holds the chosen time; a time that is gone, or a calendar that is down, leads back to the choice."""

    form = "booking_form"

    async def on_answer(
        self, dispatcher: CollectingDispatcher, conversation: Conversation, slot: str, answer: Answer
    ) -> list[EventType]:
        if slot == slots.BOOKING_CONFIRMED:
            return await self._confirmed(dispatcher, conversation, answer)
        choice = answer.value
        if choice == "none":
            return await super().on_answer(dispatcher, conversation, slot, answer)
        if choice in ("later", "retry"):
            return [SlotSet(slot, None), SlotSet(slots.ATTEMPTS, None)]
        chosen = Offer.from_slot(conversation.slot(slots.BOOKING_OFFERED)).find(choice)
        if chosen is None:
            return explained(dispatcher, conversation, slot, NotUnderstood(explanation(slot)))
        try:
            held = await runtime().booking.hold(chosen, conversation.intake_id, conversation.message_id, conversation.answers)
        except SlotTaken:
            dispatcher.utter_message(response="utter_booking_slot_taken")
            return [SlotSet(slot, None)]
        except BackendUnavailable:
            # The question is put again, and that is where the person learns that the calendar is down.
            return [SlotSet(slot, None)]
        return await super().on_answer(dispatcher, conversation, slot, Answer.chosen(held.to_json()))

    async def _confirmed(self, dispatcher: CollectingDispatcher, conversation: Conversation, answer: Answer) -> list[EventType]:
        if answer.value == "yes":
            return await super().on_answer(dispatcher, conversation, slots.BOOKING_CONFIRMED, Answer.chosen(True))
        if answer.value == "other":
            await runtime().booking.release(conversation.answers)
            return reopened(slots.BOOKING_SLOT, slots.BOOKING_CONFIRMED)
        return explained(dispatcher, conversation, slots.BOOKING_CONFIRMED, NotUnderstood(explanation(slots.BOOKING_CONFIRMED)))
