"""Taking a consent back: what falls away with it, at once and for good."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebackend.appointments import service as appointments
from casebackend.errors import UnknownIntake
from casebackend.intakes.service import erase, one_at_a_time
from casebackend.models import (
    BOOKED_STATES,
    LIVE_STATES,
    Appointment,
    AppointmentState,
    Intake,
    InterpreterState,
    WithdrawnIntake,
)


class Purpose(StrEnum):
    """Purposes whose consent a person can take back here."""

    INTAKE = "intake"
    APPOINTMENT = "appointment"
    INTERPRETER = "interpreter"
    REFERRAL = "referral"


class Outcome(StrEnum):
    """What became of a part of the case."""

    ERASED = "erased"
    CANCELLED = "cancelled"
    KEPT = "kept"
    NONE = "none"


@dataclass(frozen=True)
class Withdrawal:
    """What became of the case, of its appointment and of the interpreter request."""

    case: Outcome
    appointment: Outcome
    interpreter: Outcome


_FALLS_WITH = {
    Purpose.INTAKE: frozenset(Purpose),
    Purpose.APPOINTMENT: frozenset({Purpose.APPOINTMENT, Purpose.INTERPRETER}),
    Purpose.INTERPRETER: frozenset({Purpose.INTERPRETER}),
    Purpose.REFERRAL: frozenset({Purpose.REFERRAL}),
}


def withdraw(session: Session, external_id: UUID, purpose: Purpose, now: datetime) -> Withdrawal:
    """Take a consent back. Repeating it is harmless.

    Without the consent to the intake itself, everything under this id is erased. A mark without personal data stays, so
    that a copy that is still on its way is refused and the person can be told what became of the request.

    Raises:
        UnknownIntake: a part is taken back of a case that has not arrived; it may be on its way.
    """
    one_at_a_time(session, external_id)
    intake = session.get(Intake, external_id, with_for_update=True)
    is_marked = session.get(WithdrawnIntake, external_id) is not None
    if purpose is not Purpose.INTAKE and intake is None and not is_marked:
        raise UnknownIntake
    live = _live(session, external_id)
    fallen = _FALLS_WITH[purpose]
    appointment = interpreter = Outcome.NONE
    if live:
        appointment = Outcome.CANCELLED if Purpose.APPOINTMENT in fallen else Outcome.KEPT
    if any(booked.request is not None and booked.request.withdrawn_at is None for booked in live):
        interpreter = Outcome.CANCELLED if Purpose.INTERPRETER in fallen else Outcome.KEPT
    if purpose is Purpose.INTAKE:
        return Withdrawal(_erase(session, external_id, intake, is_marked, now), appointment, interpreter)
    for booked in live:
        if Purpose.APPOINTMENT in fallen:
            appointments.cancel(session, booked.id, now)
        elif Purpose.INTERPRETER in fallen:
            _without_interpreter(booked, now)
    if intake is not None:
        _strike(intake, fallen)
    return Withdrawal(Outcome.KEPT if intake is not None else Outcome.ERASED, appointment, interpreter)


def _live(session: Session, external_id: UUID) -> list[Appointment]:
    mine = select(Appointment).where(Appointment.external_id == external_id, Appointment.state.in_(LIVE_STATES))
    return list(session.scalars(mine))


def _erase(session: Session, external_id: UUID, intake: Intake | None, is_marked: bool, now: datetime) -> Outcome:
    try:
        erase(session, external_id)
    except UnknownIntake:
        pass
    if not is_marked:
        session.add(WithdrawnIntake(external_id=external_id, withdrawn_at=now))
    return Outcome.ERASED if intake is not None or is_marked else Outcome.NONE


def _without_interpreter(booked: Appointment, now: datetime) -> None:
    if booked.request is None:
        return
    booked.request.withdrawn_at = booked.request.withdrawn_at or now
    booked.interpreter = InterpreterState.NOT_NEEDED
    booked.changed_at = now
    if booked.state in BOOKED_STATES:
        booked.state = AppointmentState.CONFIRMED


def _strike(intake: Intake, fallen: frozenset[Purpose]) -> None:
    # The digest stays that of what was handed over, so that the same document is still known as the same.
    left = [consent for consent in intake.payload["consents"] if consent["purpose"] not in fallen]
    if left != intake.payload["consents"]:
        wish = intake.payload["appointment_wish"] and Purpose.APPOINTMENT not in fallen
        intake.payload = {**intake.payload, "consents": left, "appointment_wish": wish}
        intake.version += 1
