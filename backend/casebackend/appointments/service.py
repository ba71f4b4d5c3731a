"""Hold, confirm, cancel, and the interpreter's answer. Every function needs a writing transaction but `find`.

All lock the slot first and look at the appointment after that, so that nothing they have seen can change. What makes a
double booking impossible is the unique index on live appointments, not this order.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casebackend.appointments.slots import interpreter_for
from casebackend.errors import IdConflict, SlotTaken, UnknownAppointment, UnknownSlot
from casebackend.models import (
    BOOKED_STATES,
    LIVE_STATES,
    Appointment,
    AppointmentState,
    InterpreterRequest,
    InterpreterState,
    Slot,
    StaffMember,
)
from casebackend.municipality import Municipality


@dataclass(frozen=True)
class HoldWish:
    """What the caller wants to hold."""

    slot_id: str
    external_id: UUID
    language: str
    interpreter: bool


def find(session: Session, appointment_id: UUID) -> Appointment:
    """The appointment of this id.

    Raises:
        UnknownAppointment: there is none.
    """
    appointment = session.get(Appointment, appointment_id)
    if appointment is None:
        raise UnknownAppointment
    return appointment


def hold(
    session: Session, appointment_id: UUID, wish: HoldWish, now: datetime, municipality: Municipality
) -> tuple[Appointment, bool]:
    """Hold a slot for a short time. Returns the appointment and whether it is new.

    The same hold again changes nothing; if it ran out or was released, it is taken again.

    Raises:
        UnknownSlot: no such slot.
        IdConflict: the id belongs to another hold.
        SlotTaken: the time cannot be had, or no interpreter can be found in time.
    """
    slot = session.get(Slot, wish.slot_id, with_for_update=True)
    if slot is None:
        raise UnknownSlot
    appointment = session.get(Appointment, appointment_id)
    is_new = appointment is None
    if appointment is None:
        appointment = Appointment(
            id=appointment_id,
            slot=slot,
            external_id=wish.external_id,
            language=wish.language,
            interpreter_wanted=wish.interpreter,
        )
    elif _wish_of(appointment) != wish:
        raise IdConflict
    elif appointment.state_at(now) in LIVE_STATES:
        return appointment, False
    _take(session, appointment, slot, now, municipality)
    return appointment, is_new


def confirm(session: Session, appointment_id: UUID, now: datetime, municipality: Municipality) -> Appointment:
    """Confirm a hold; once confirmed, again changes nothing. A hold that ran out is taken again if it is free.

    Raises:
        UnknownAppointment: there is no such appointment.
        SlotTaken: the hold ran out and the time went to somebody else, or the appointment was cancelled.
    """
    appointment = _lock(session, appointment_id)
    if appointment.state in BOOKED_STATES:
        return appointment
    if appointment.state == AppointmentState.CANCELLED:
        raise SlotTaken
    if appointment.state_at(now) == AppointmentState.LAPSED:
        _take(session, appointment, appointment.slot, now, municipality)
    appointment.held_until = None
    appointment.changed_at = now
    if appointment.interpreter == InterpreterState.REQUESTED:
        appointment.state = AppointmentState.PROVISIONAL
        appointment.request = _request(appointment, now, municipality)
    else:
        appointment.state = AppointmentState.CONFIRMED
    return appointment


def cancel(session: Session, appointment_id: UUID, now: datetime) -> None:
    """Release a hold or cancel a booking, and withdraw its interpreter request. Unknown or cancelled: nothing to do."""
    try:
        appointment = _lock(session, appointment_id)
    except UnknownAppointment:
        return
    if appointment.state == AppointmentState.CANCELLED:
        return
    appointment.state = AppointmentState.CANCELLED
    appointment.held_until = None
    appointment.changed_at = now
    if appointment.request is not None:
        appointment.request.withdrawn_at = now


def answer_interpreter_request(
    session: Session, appointment_id: UUID, *, secured: bool, by: StaffMember, now: datetime
) -> Appointment:
    """Note what the pool answered. Only a secured interpreter makes a provisional appointment a confirmed one.

    Raises:
        UnknownAppointment: no booked appointment with an interpreter request has this id.
    """
    appointment = _lock(session, appointment_id)
    if appointment.request is None or appointment.state not in BOOKED_STATES:
        raise UnknownAppointment
    appointment.interpreter = InterpreterState.SECURED if secured else InterpreterState.UNAVAILABLE
    appointment.state = AppointmentState.CONFIRMED if secured else AppointmentState.PROVISIONAL
    appointment.changed_at = now
    appointment.request.answered_at = now
    appointment.request.answered_by_id = by.id
    return appointment


def latest_of(session: Session, external_ids: list[UUID], now: datetime) -> dict[UUID, Appointment]:
    """For each case the appointment that counts: booked before held before over, then the one changed last."""
    found: dict[UUID, Appointment] = {}
    for appointment in session.scalars(
        select(Appointment).where(Appointment.external_id.in_(external_ids)).order_by(Appointment.changed_at.desc())
    ):
        known = found.get(appointment.external_id)
        if known is None or _rank(appointment, now) < _rank(known, now):
            found[appointment.external_id] = appointment
    return found


def _rank(appointment: Appointment, now: datetime) -> int:
    state = appointment.state_at(now)
    return 0 if state in BOOKED_STATES else 1 if state == AppointmentState.HELD else 2


def _wish_of(appointment: Appointment) -> HoldWish:
    return HoldWish(appointment.slot_id, appointment.external_id, appointment.language, appointment.interpreter_wanted)


def _lock(session: Session, appointment_id: UUID) -> Appointment:
    appointment = find(session, appointment_id)
    session.get(Slot, appointment.slot_id, with_for_update=True)
    session.refresh(appointment, with_for_update=True)
    return appointment


def _take(session: Session, appointment: Appointment, slot: Slot, now: datetime, municipality: Municipality) -> None:
    interpreter = interpreter_for(
        session,
        slot,
        language=appointment.language,
        interpreter=appointment.interpreter_wanted,
        now=now,
        municipality=municipality,
    )
    if slot.starts_at <= now or interpreter is None:
        raise SlotTaken
    session.execute(
        update(Appointment)
        .where(
            Appointment.slot_id == slot.id,
            Appointment.state == AppointmentState.HELD,
            Appointment.held_until <= now,
        )
        .values(state=AppointmentState.LAPSED, held_until=None, changed_at=now)
    )
    appointment_id = appointment.id
    try:
        with session.begin_nested():
            appointment.state = AppointmentState.HELD
            appointment.interpreter = interpreter
            appointment.held_until = now + municipality.hold
            appointment.changed_at = now
            session.add(appointment)
    except IntegrityError:
        # Either the slot has a live appointment, or the id was used for another slot in this very moment.
        if _is_used_elsewhere(session, appointment_id, slot.id):
            raise IdConflict from None
        raise SlotTaken from None


def _is_used_elsewhere(session: Session, appointment_id: UUID, slot_id: str) -> bool:
    other = session.scalar(select(Appointment.slot_id).where(Appointment.id == appointment_id))
    return other is not None and other != slot_id


def _request(appointment: Appointment, now: datetime, municipality: Municipality) -> InterpreterRequest:
    request = appointment.request or InterpreterRequest()
    request.language = appointment.language
    request.mode = municipality.pool.mode
    request.starts_at = appointment.slot.starts_at
    request.ends_at = appointment.slot.ends_at
    request.place = appointment.slot.place.name
    request.topic_class = municipality.pool.topic_class
    request.requested_at = now
    request.answered_at = request.answered_by_id = request.withdrawn_at = None
    return request
