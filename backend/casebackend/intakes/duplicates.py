"""Cases that may be about the same person. A hint for people: nothing is merged, and no newcomer is told of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from casebackend.intakes.service import fold
from casebackend.models import Intake

MOST_SHOWN = 5


@dataclass(frozen=True)
class Duplicate:
    """A case that may be about the same person, and what is the same."""

    intake: Intake
    same_contact: bool
    same_name: bool


def possible_duplicates(session: Session, intake: Intake) -> list[Duplicate]:
    """Other cases with the same contact or the same full name that were handed to the same recipient, newest first."""
    contact, name = _contact(intake.payload), _name(intake)
    # The search text only narrows down; what counts is compared below.
    hints = [Intake.search_text.contains(word, autoescape=True) for word in (contact, *name.split()[:1]) if word]
    if not hints:
        return []
    others = select(Intake).where(Intake.external_id != intake.external_id, or_(*hints))
    found = (
        Duplicate(other, bool(contact) and _contact(other.payload) == contact, bool(name) and _name(other) == name)
        for other in session.scalars(others.order_by(Intake.received_at.desc()))
        if _recipient(other.payload) == _recipient(intake.payload)
    )
    return [duplicate for duplicate in found if duplicate.same_contact or duplicate.same_name][:MOST_SHOWN]


def _contact(payload: dict[str, Any]) -> str:
    """Telephone numbers come in one spelling (E.164); mail addresses differ in case."""
    return fold(payload["person"]["contact"]["value"] or "").strip()


def _name(intake: Intake) -> str:
    """A name of at least two words; a first name alone says nothing."""
    words = fold(intake.name or "").split()
    return " ".join(words) if len(words) > 1 else ""


def _recipient(payload: dict[str, Any]) -> str | None:
    return next((consent["recipient"] for consent in payload["consents"] if consent["purpose"] == "intake"), None)
