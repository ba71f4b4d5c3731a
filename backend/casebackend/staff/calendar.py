"""Kalender: the own appointments of one week."""

import re
from datetime import date, datetime, time, timedelta

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from casebackend.context import AppContext, Context
from casebackend.models import BOOKED_STATES, Appointment, AppointmentState, Intake, Slot
from casebackend.staff.access import CaseManager
from casebackend.staff.pages import Pages, address

router = APIRouter()


@router.get("/kalender")
def show_calendar(context: Context, visitor: CaseManager, pages: Pages, woche: str = "") -> Response:
    """The week named in the address (ISO 8601, 2026-W48), else this one."""
    today = context.clock().astimezone(context.settings.municipality.zone).date()
    monday = _monday(woche) or today - timedelta(days=today.weekday())
    with context.database.read() as session:
        appointments = _appointments(session, context, visitor.staff.id, monday)
        names = session.execute(
            select(Intake.external_id, Intake.name).where(
                Intake.external_id.in_([appointment.external_id for appointment in appointments])
            )
        )
        zone = context.settings.municipality.zone
        days = [monday + timedelta(days=offset) for offset in range(5)]
        return pages.page(
            "calendar.html",
            visitor=visitor,
            monday=monday,
            today=today,
            week=monday.isocalendar().week,
            before=_address(monday - timedelta(weeks=1)),
            after=_address(monday + timedelta(weeks=1)),
            days=[(day, [a for a in appointments if a.slot.starts_at.astimezone(zone).date() == day]) for day in days],
            count=len(appointments),
            known={external_id: name for external_id, name in names},
        )


def _appointments(session: Session, context: AppContext, staff_id: int, monday: date) -> list[Appointment]:
    zone = context.settings.municipality.zone
    start = datetime.combine(monday, time(), zone)
    end = datetime.combine(monday + timedelta(weeks=1), time(), zone)
    is_held = (Appointment.state == AppointmentState.HELD) & (Appointment.held_until > context.clock())
    query = (
        select(Appointment)
        .join(Slot)
        .where(Slot.case_manager_id == staff_id, Slot.starts_at >= start, Slot.starts_at < end)
        .where(or_(Appointment.state.in_(BOOKED_STATES), is_held))
        .order_by(Slot.starts_at)
    )
    return list(session.scalars(query))


def _monday(week: str) -> date | None:
    named = re.fullmatch(r"(20\d\d)-W(\d\d)", week)
    if named is None:
        return None
    try:
        return date.fromisocalendar(int(named[1]), int(named[2]), 1)
    except ValueError:
        return None


def _address(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return address("/kalender", {"woche": f"{year}-W{week:02}"})
