"""Taking intakes in, deciding on them, and erasing them."""

import hashlib
import json
import unicodedata
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casebackend.contracts import Codes
from casebackend.errors import EditConflict, NotDecidable, RevisionConflict, UnknownIntake, Withdrawn
from casebackend.models import Appointment, GermanVersion, Intake, StaffMember, StateChange, WithdrawnIntake

RECEIVED = "received"


def take_in(session: Session, external_id: UUID, payload: dict[str, Any], now: datetime) -> tuple[Intake, bool]:
    """Keep an intake that has passed its contract. Returns it and whether it is new.

    The same content again and older revisions change nothing; a higher revision replaces the content and keeps state,
    decisions and German wordings.

    Raises:
        RevisionConflict: this revision is known with other content.
        Withdrawn: the person has taken the consent back.
    """
    one_at_a_time(session, external_id)
    if session.get(WithdrawnIntake, external_id) is not None:
        raise Withdrawn
    intake = session.get(Intake, external_id, with_for_update=True)
    if intake is None:
        intake = Intake(
            external_id=external_id, received_at=now, state=RECEIVED, state_changed_at=now, reason=None, version=1
        )
        _fill(intake, payload)
        try:
            with session.begin_nested():
                session.add(intake)
        except IntegrityError:
            # The same intake came twice at once; the other one was first.
            intake = session.get_one(Intake, external_id, with_for_update=True)
        else:
            return intake, True
    if payload["revision"] == intake.revision and _digest(payload) != intake.content_digest:
        raise RevisionConflict
    if payload["revision"] > intake.revision:
        _fill(intake, payload)
        intake.version += 1
    return intake, False


def one_at_a_time(session: Session, external_id: UUID) -> None:
    """Let taking in and withdrawing the same id wait for each other, also while there is no row to lock."""
    if session.get_bind().dialect.name == "postgresql":
        # SQLite has one writer anyway.
        session.execute(select(func.pg_advisory_xact_lock(external_id.int % 2**63)))


def find(session: Session, external_id: UUID) -> Intake:
    """The intake of this id.

    Raises:
        UnknownIntake: there is none.
    """
    intake = session.get(Intake, external_id)
    if intake is None:
        raise UnknownIntake
    return intake


def decide(
    session: Session,
    external_id: UUID,
    *,
    state: str,
    reason: str,
    note: str,
    seen_version: int,
    by: StaffMember,
    codes: Codes,
    now: datetime,
) -> None:
    """Move a case to a state for a reason, and write down who did so.

    Raises:
        UnknownIntake: there is no such case.
        NotDecidable: state and reason are not a pair of the code lists.
        EditConflict: the case changed since `seen_version`.
    """
    intake = _lock(session, external_id)
    if not codes.has_reason(state, reason):
        raise NotDecidable
    if intake.version != seen_version:
        raise EditConflict
    change = StateChange(from_state=intake.state, to_state=state, reason=reason, note=note, staff_id=by.id, at=now)
    intake.changes.append(change)
    intake.state, intake.reason, intake.state_changed_at = state, reason, now
    intake.version += 1


def add_german_version(session: Session, external_id: UUID, text: str, by: StaffMember, now: datetime) -> None:
    """Put a German wording beside the goal; the original stays as it is, older wordings are kept.

    Raises:
        UnknownIntake: there is no such case.
    """
    intake = _lock(session, external_id)
    intake.german_versions.append(
        GermanVersion(text=text, original_digest=goal_digest(intake.payload), staff_id=by.id, at=now)
    )


def erase(session: Session, external_id: UUID) -> None:
    """Delete the intake, its history, its wordings, its appointments and their interpreter requests for good.

    Raises:
        UnknownIntake: nothing is kept under this id.
    """
    intake = session.get(Intake, external_id)
    appointments = list(session.scalars(select(Appointment).where(Appointment.external_id == external_id)))
    if intake is None and not appointments:
        raise UnknownIntake
    if intake is not None:
        session.delete(intake)
    session.execute(delete(Appointment).where(Appointment.external_id == external_id))


def goal_digest(payload: dict[str, Any]) -> str:
    """Names the wording of a goal, so that a German version of an older wording can be told apart."""
    return hashlib.sha256((payload["needs"]["goal"]["original"] or "").encode()).hexdigest()


def fold(text: str) -> str:
    """Text as it is compared in a search: without case and compatibility forms."""
    return unicodedata.normalize("NFKC", text).casefold()


def _lock(session: Session, external_id: UUID) -> Intake:
    intake = session.get(Intake, external_id, with_for_update=True)
    if intake is None:
        raise UnknownIntake
    return intake


def _fill(intake: Intake, payload: dict[str, Any]) -> None:
    person = payload["person"]
    name, contact = person["name"], person["contact"]
    intake.revision = payload["revision"]
    intake.content_digest = _digest(payload)
    intake.payload = payload
    intake.submitted_at = datetime.fromisoformat(payload["submitted_at"])
    intake.name = name["original"] or name["value"]
    intake.language = person["language"]["value"] or payload["conversation_language"]
    words = [name["value"], name["original"], contact["value"], contact["original"], payload["external_id"]]
    intake.search_text = fold("\n".join(word for word in words if word))


def _digest(payload: dict[str, Any]) -> str:
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
