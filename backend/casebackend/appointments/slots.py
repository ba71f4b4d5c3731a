"""Slots: making them from working hours, and finding the free ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from casebackend.models import (
    BOOKED_STATES,
    Appointment,
    AppointmentState,
    InterpreterState,
    Role,
    Slot,
    StaffLanguage,
    StaffMember,
)
from casebackend.municipality import Municipality


@dataclass(frozen=True)
class FreeSlot:
    """A slot that can be held now, and the interpreter state it would have once confirmed."""

    slot: Slot
    interpreter: InterpreterState


def slots_are_due(session: Session, now: datetime, municipality: Municipality) -> bool:
    """Whether some case manager has no slots up to the horizon yet."""
    return session.scalar(select(exists().where(_due(_last_day(now, municipality))))) is True


def ensure_slots(session: Session, now: datetime, municipality: Municipality) -> None:
    """Make the slots of all case managers up to the horizon. Needs a writing transaction; doing it twice adds nothing.

    Weekends and public holidays are left out, and so are times that overlap a slot which exists already.
    """
    last_day = _last_day(now, municipality)
    for member in session.scalars(select(StaffMember).where(_due(last_day)).with_for_update()):
        first_day = now.astimezone(municipality.zone).date()
        if member.slots_until is not None:
            first_day = max(first_day, member.slots_until + timedelta(days=1))
        known = [(slot.starts_at, slot.ends_at) for slot in _slots_from(session, member, first_day, municipality)]
        for starts_at in _starts(member, first_day, last_day, municipality):
            ends_at = starts_at + municipality.first_talk
            if not any(starts_at < end and start < ends_at for start, end in known):
                session.add(_slot(member, starts_at, ends_at))
        member.slots_until = last_day


def free_slots(
    session: Session,
    *,
    language: str,
    interpreter: bool,
    start: datetime,
    limit: int,
    now: datetime,
    municipality: Municipality,
) -> list[FreeSlot]:
    """Free times from `start`, at most one per start time.

    At equal times somebody who speaks the language comes first. With `interpreter`, a time of somebody who does not
    speak it is left out unless the pool can still be asked in time.
    """
    speaks = _speaks(language)
    query = (
        select(Slot, speaks)
        .where(Slot.starts_at >= start, Slot.starts_at > now, ~_is_taken(now))
        .order_by(Slot.starts_at, speaks.desc(), Slot.case_manager_id)
    )
    if interpreter:
        query = query.where(or_(speaks, Slot.starts_at >= pool_from(now, municipality)))
    found: list[FreeSlot] = []
    for slot, is_spoken in session.execute(query):
        if found and found[-1].slot.starts_at == slot.starts_at:
            continue
        if len(found) == limit:
            break
        found.append(FreeSlot(slot, interpreter_state(interpreter, bool(is_spoken))))
    return found


def interpreter_for(
    session: Session, slot: Slot, *, language: str, interpreter: bool, now: datetime, municipality: Municipality
) -> InterpreterState | None:
    """Who would interpret at this slot, or None where nobody can be found in time."""
    is_spoken = bool(session.scalar(select(_speaks(language)).select_from(Slot).where(Slot.id == slot.id)))
    state = interpreter_state(interpreter, is_spoken)
    if state == InterpreterState.REQUESTED and slot.starts_at < pool_from(now, municipality):
        return None
    return state


def interpreter_state(wanted: bool, spoken: bool) -> InterpreterState:
    """First a case manager who speaks the language, then the pool."""
    if not wanted:
        return InterpreterState.NOT_NEEDED
    return InterpreterState.SPOKEN if spoken else InterpreterState.REQUESTED


def pool_from(now: datetime, municipality: Municipality) -> datetime:
    """The first moment for which the interpreter pool still takes requests made now."""
    today = now.astimezone(municipality.zone).date()
    day = municipality.working_days.after(today, municipality.pool.lead_working_days)
    return datetime.combine(day, time(), municipality.zone)


def _speaks(language: str) -> ColumnElement[bool]:
    primary = language.split("-")[0].lower()
    return exists().where(StaffLanguage.staff_id == Slot.case_manager_id, StaffLanguage.language == primary)


def _is_taken(now: datetime) -> ColumnElement[bool]:
    is_held = and_(Appointment.state == AppointmentState.HELD, Appointment.held_until > now)
    return exists().where(Appointment.slot_id == Slot.id, or_(Appointment.state.in_(BOOKED_STATES), is_held))


def _due(last_day: date) -> ColumnElement[bool]:
    return and_(
        StaffMember.role == Role.CASE_MANAGER,
        StaffMember.place_id.is_not(None),
        or_(StaffMember.slots_until.is_(None), StaffMember.slots_until < last_day),
    )


def _last_day(now: datetime, municipality: Municipality) -> date:
    return (now.astimezone(municipality.zone) + municipality.slot_horizon).date()


def _slots_from(session: Session, member: StaffMember, day: date, municipality: Municipality) -> list[Slot]:
    midnight = datetime.combine(day, time(), municipality.zone)
    return list(session.scalars(select(Slot).where(Slot.case_manager_id == member.id, Slot.ends_at > midnight)))


def _starts(member: StaffMember, first: date, last: date, municipality: Municipality) -> Iterator[datetime]:
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if not municipality.working_days.is_working_day(day):
            continue
        for hours in member.hours:
            if hours.weekday != day.weekday():
                continue
            start = datetime.combine(day, hours.starts, municipality.zone).astimezone(UTC)
            end = datetime.combine(day, hours.ends, municipality.zone).astimezone(UTC)
            while start + municipality.first_talk <= end:
                yield start
                start += municipality.first_talk


def _slot(member: StaffMember, starts_at: datetime, ends_at: datetime) -> Slot:
    return Slot(
        id=f"{member.id}-{starts_at:%Y%m%dT%H%MZ}",
        case_manager_id=member.id,
        place_id=member.place_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )
