"""Booking: times, person and interpreter found together; hold, then confirm."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import AskAction, GuardedAction, ValidateAction, asks, explained, reopened
from actions.conversation import Conversation
from actions.model import nodes, slots
from actions.model.answer import Answer
from actions.model.case_code import parse
from actions.model.errors import BackendUnavailable, CalendarAbsent, SlotTaken
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
        except CalendarAbsent:
            dispatcher.utter_message(response="utter_booking_no_calendar")
            return []
        except BackendUnavailable:
            dispatcher.utter_message(response="utter_booking_unavailable", args={"asks": self.slot})
            return []
        response, args = runtime().asking.offer_slots(offer, conversation.answers)
        dispatcher.utter_message(response=response, args=args)
        return [SlotSet(slots.BOOKING_OFFERED, offer.to_slot())]


QUESTIONS = asks(slots.BOOKING_CONFIRMED)


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
            return explained(dispatcher, conversation, slot, NotUnderstood(explanation(slot, None)))
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
        return explained(
            dispatcher, conversation, slots.BOOKING_CONFIRMED, NotUnderstood(explanation(slots.BOOKING_CONFIRMED, None))
        )


class ActionBookingChange(GuardedAction):
    """Another time, or none: shows the appointment of the request and asks before anything is cancelled."""

    action_name = "action_booking_change"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        code = parse(conversation.message.text) or conversation.slot(slots.CODE)
        if code is None:
            return [SlotSet(slots.PRIVACY_WISH, None), FollowupAction("status_form")]
        appointment = await runtime().status.appointment(str(code))
        if appointment is None:
            dispatcher.utter_message(response="utter_booking_no_appointment")
            return []
        later = conversation.intent == "reschedule_appointment"
        name = "utter_booking_reschedule_ask" if later else "utter_booking_cancel_ask"
        when = nodes.moment(appointment.slot.starts_at, appointment.slot.ends_at)
        dispatcher.utter_message(response=name, args={"when": when})
        return [SlotSet(slots.CODE, code)]


class ActionBookingCancel(GuardedAction):
    """Cancels the appointment of the request, after the person has confirmed."""

    action_name = "action_booking_cancel"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        code = conversation.slot(slots.CODE)
        appointment = await runtime().status.appointment(str(code)) if code else None
        if appointment is None:
            dispatcher.utter_message(response="utter_booking_no_appointment")
        elif await runtime().booking.cancel(appointment.appointment_id):
            dispatcher.utter_message(response="utter_booking_cancelled")
        else:
            when = nodes.moment(appointment.slot.starts_at, appointment.slot.ends_at)
            dispatcher.utter_message(response="utter_booking_cancel_unavailable", args={"when": when})
        return []
