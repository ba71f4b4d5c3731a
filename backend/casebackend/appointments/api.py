"""Routes of slots and appointments (contracts/backend-v1.openapi.yml)."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime

from casebackend.appointments import service
from casebackend.appointments.slots import ensure_slots, free_slots, slots_are_due
from casebackend.appointments.views import appointment_view, slot_view
from casebackend.context import Context, RawBody

router = APIRouter()

# Beyond these no calendar of ours goes, and some databases neither.
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@router.get("/slots")
def get_slots(
    context: Context,
    language: Annotated[str, Query(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")],
    interpreter: bool,
    start: Annotated[AwareDatetime | None, Query(alias="from", gt=_EARLIEST, lt=_LATEST)] = None,
    limit: Annotated[int, Query(ge=1, le=20)] = 3,
) -> JSONResponse:
    """Free times."""
    now, municipality = context.clock(), context.settings.municipality
    with context.database.read() as session:
        is_due = slots_are_due(session, now, municipality)
    if is_due:
        with context.database.write() as session:
            ensure_slots(session, now, municipality)
    with context.database.read() as session:
        found = free_slots(
            session,
            language=language,
            interpreter=interpreter,
            start=start or now,
            limit=limit,
            now=now,
            municipality=municipality,
        )
        return JSONResponse({"slots": [slot_view(free, municipality.zone) for free in found]})


@router.put("/appointments/{appointment_id}")
def put_appointment(appointment_id: UUID, body: RawBody, context: Context) -> JSONResponse:
    """Hold a slot: 201 if new, 200 if it is the same hold again."""
    wish = context.contracts.read_hold(body)
    now, municipality = context.clock(), context.settings.municipality
    with context.database.write() as session:
        appointment, is_new = service.hold(
            session,
            appointment_id,
            service.HoldWish(wish["slot_id"], UUID(wish["external_id"]), wish["language"], wish["interpreter"]),
            now,
            municipality,
        )
        view = appointment_view(appointment, now, municipality.zone)
    return JSONResponse(view, status_code=201 if is_new else 200)


@router.get("/appointments/{appointment_id}")
def get_appointment(appointment_id: UUID, context: Context) -> JSONResponse:
    """One appointment."""
    with context.database.read() as session:
        appointment = service.find(session, appointment_id)
        return JSONResponse(appointment_view(appointment, context.clock(), context.settings.municipality.zone))


@router.delete("/appointments/{appointment_id}")
def delete_appointment(appointment_id: UUID, context: Context) -> Response:
    """Release or cancel."""
    with context.database.write() as session:
        service.cancel(session, appointment_id, context.clock())
    return Response(status_code=204)


@router.post("/appointments/{appointment_id}/confirm")
def confirm_appointment(appointment_id: UUID, context: Context) -> JSONResponse:
    """Confirm a hold."""
    now, municipality = context.clock(), context.settings.municipality
    with context.database.write() as session:
        appointment = service.confirm(session, appointment_id, now, municipality)
        view = appointment_view(appointment, now, municipality.zone)
    return JSONResponse(view)
