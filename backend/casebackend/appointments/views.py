"""Slots and appointments as backend-v1.openapi.yml shows them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from casebackend.appointments.slots import FreeSlot
from casebackend.models import Appointment, AppointmentState, InterpreterState, Slot


def slot_view(free: FreeSlot, zone: ZoneInfo) -> dict[str, Any]:
    """Schema `Slot`."""
    return _slot(free.slot, free.interpreter, zone)


def appointment_view(appointment: Appointment, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Schema `Appointment`; a hold whose time is over is shown as lapsed."""
    state = appointment.state_at(now)
    held_until = appointment.held_until if state == AppointmentState.HELD else None
    return {
        **_slot(appointment.slot, appointment.interpreter, zone),
        "appointment_id": str(appointment.id),
        "external_id": str(appointment.external_id),
        "state": state.value,
        "held_until": held_until.astimezone(zone).isoformat() if held_until else None,
    }


def _slot(slot: Slot, interpreter: InterpreterState, zone: ZoneInfo) -> dict[str, Any]:
    place = slot.place
    return {
        "slot_id": slot.id,
        "starts_at": slot.starts_at.astimezone(zone).isoformat(),
        "ends_at": slot.ends_at.astimezone(zone).isoformat(),
        "place": {
            "name": place.name,
            "street": place.street,
            "postal_code": place.postal_code,
            "city": place.city,
            "demo": place.demo,
        },
        "case_manager": slot.case_manager.name,
        "interpreter": interpreter.value,
    }
