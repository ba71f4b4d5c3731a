"""Offering, holding and giving back appointment slots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional
from uuid import NAMESPACE_OID, uuid5

from actions.model import slots
from actions.model.answer import Answers
from actions.model.appointment import Appointment, Slot
from actions.model.errors import BackendRefused, BackendUnavailable
from actions.services.ports import Calendar

OFFERED_AT_ONCE = 3


@dataclass(frozen=True)
class Offer:
    """Slots on the screen; ``later`` is the time after which the next page begins, None on the last page."""

    slots: tuple[Slot, ...]
    later: Optional[str]

    def to_slot(self) -> dict[str, Any]:
        return {"slots": [slot.to_json() for slot in self.slots], "later": self.later}

    @classmethod
    def from_slot(cls, data: Any) -> Offer:
        if not isinstance(data, dict):
            return cls((), None)
        return cls(tuple(Slot.from_json(slot) for slot in data.get("slots", ())), data.get("later"))

    def find(self, slot_id: str) -> Optional[Slot]:
        return next((slot for slot in self.slots if slot.slot_id == slot_id), None)


class Booking:
    """Hold, then confirm; the confirmation itself goes with the hand-over (services/handoff.py)."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    async def offer(self, answers: Answers, after: Optional[str]) -> Offer:
        """The next free times that fit; empty if there are none. Raises BackendUnavailable."""
        language, interpreter = needs(answers)
        found = await self._calendar.free_slots(language, interpreter, after, OFFERED_AT_ONCE + 1)
        shown = tuple(found[:OFFERED_AT_ONCE])
        return Offer(shown, shown[-1].starts_at if len(found) > OFFERED_AT_ONCE else None)

    async def hold(self, slot: Slot, intake_id: str, message_id: str, answers: Answers) -> Appointment:
        """Reserve a slot; the same message always makes the same hold. Raises SlotTaken, BackendUnavailable."""
        language, interpreter = needs(answers)
        appointment_id = str(uuid5(NAMESPACE_OID, f"appointment:{intake_id}:{slot.slot_id}:{message_id}"))
        return await self._calendar.hold(appointment_id, slot, intake_id, language, interpreter)

    async def cancel(self, appointment_id: str) -> bool:
        """Cancel an appointment that was agreed; False if the calendar does not answer now. Cancelling twice is harmless."""
        try:
            await self._calendar.release(appointment_id)
        except BackendUnavailable:
            return False
        return True

    async def release(self, answers: Answers) -> None:
        """Give back what is held. A hold that cannot be given back now runs out by itself."""
        held = answers.value(slots.BOOKING_SLOT)
        if isinstance(held, dict):
            try:
                await self._calendar.release(held["appointment_id"])
            except (BackendRefused, BackendUnavailable):
                return


def needs(answers: Answers) -> tuple[str, bool]:
    """Language of the talk and whether an interpreter may be asked for: needed and agreed to."""
    language = answers.value(slots.INTERPRETER_LANGUAGE) or "de"
    wanted = answers.value(slots.INTERPRETER_NEEDED) is True and answers.value(slots.CONSENT_INTERPRETER) is True
    return language, wanted
