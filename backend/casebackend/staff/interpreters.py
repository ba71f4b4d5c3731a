"""Sprachmittlung: the open requests to the pool, without a name or a case, and the pool's answers."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from casebackend.appointments.service import answer_interpreter_request
from casebackend.context import Context
from casebackend.models import BOOKED_STATES, Appointment, InterpreterRequest
from casebackend.staff.access import CheckedForm, SignedIn
from casebackend.staff.pages import Pages, text

router = APIRouter()


@router.get("/sprachmittlung")
def show_requests(context: Context, visitor: SignedIn, pages: Pages, gespeichert: bool = False) -> Response:
    """Requests for talks that are still to come."""
    with context.database.read() as session:
        requests = session.scalars(
            select(InterpreterRequest)
            .join(Appointment)
            .where(InterpreterRequest.withdrawn_at.is_(None), Appointment.state.in_(BOOKED_STATES))
            .where(InterpreterRequest.starts_at > context.clock())
            .order_by(InterpreterRequest.answered_at.is_not(None), InterpreterRequest.starts_at)
        )
        notice = text("interpreter.saved") if gespeichert else None
        return pages.page("interpreters.html", visitor=visitor, requests=list(requests), notice=notice)


@router.post("/termine/{appointment_id}/sprachmittlung", dependencies=[CheckedForm])
def answer(
    appointment_id: UUID,
    context: Context,
    visitor: SignedIn,
    answer: Annotated[Literal["secured", "unavailable"], Form()],
    fall: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Note what the pool answered, and go back to where the button was."""
    with context.database.write() as session:
        answer_interpreter_request(
            session, appointment_id, secured=answer == "secured", by=visitor.staff, now=context.clock()
        )
    target = f"/faelle/{fall}?gespeichert=sprachmittlung" if fall else "/sprachmittlung?gespeichert=1"
    return RedirectResponse(target, status_code=303)
