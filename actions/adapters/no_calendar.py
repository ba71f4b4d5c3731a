"""The Calendar of an installation whose case system has none: appointments are agreed by people."""

from __future__ import annotations

from typing import Optional

from actions.model.appointment import Appointment, Slot
from actions.model.errors import BackendRefused, CalendarAbsent


class NoCalendar:
    """Offers nothing and holds nothing; the way goes on without an appointment."""

    async def free_slots(self, language: str, interpreter: bool, after: Optional[str], limit: int) -> list[Slot]:
        raise CalendarAbsent

    async def hold(self, appointment_id: str, slot: Slot, external_id: str, language: str, interpreter: bool) -> Appointment:
        raise CalendarAbsent

    async def confirm(self, appointment_id: str) -> Appointment:
        raise BackendRefused("unknown_appointment")

    async def release(self, appointment_id: str) -> None:
        return
