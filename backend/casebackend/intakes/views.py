"""The state of an intake as backend-v1.openapi.yml shows it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from casebackend.appointments.service import latest_of
from casebackend.appointments.views import appointment_view
from casebackend.models import Intake, WithdrawnIntake


def status_view(session: Session, intake: Intake, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Schema `Status`, with the appointment that counts."""
    appointment = latest_of(session, [intake.external_id], now).get(intake.external_id)
    return {
        "external_id": str(intake.external_id),
        "state": intake.state,
        "reason": intake.reason,
        "changed_at": intake.state_changed_at.astimezone(zone).isoformat(),
        "appointment": appointment_view(appointment, now, zone) if appointment else None,
    }


def withdrawn_view(mark: WithdrawnIntake, zone: ZoneInfo) -> dict[str, Any]:
    """Schema `Status` of what is erased."""
    return {
        "external_id": str(mark.external_id),
        "state": "withdrawn",
        "reason": "by_person",
        "changed_at": mark.withdrawn_at.astimezone(zone).isoformat(),
        "appointment": None,
    }
