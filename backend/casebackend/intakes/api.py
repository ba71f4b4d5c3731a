"""Routes of the intakes (contracts/backend-v1.openapi.yml)."""

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from casebackend.context import Context, RawBody
from casebackend.errors import SchemaViolation
from casebackend.intakes import service
from casebackend.intakes.views import status_view, withdrawn_view
from casebackend.intakes.withdrawal import Purpose, withdraw
from casebackend.models import WithdrawnIntake

router = APIRouter()


@router.put("/intakes/{external_id}")
def put_intake(external_id: UUID, body: RawBody, context: Context) -> JSONResponse:
    """Take in an intake: 201 if new, else 200."""
    payload = context.contracts.read_intake(body)
    if UUID(payload["external_id"]) != external_id:
        raise SchemaViolation([{"path": "external_id", "message": "not the id of the address"}])
    now = context.clock()
    with context.database.write() as session:
        intake, is_new = service.take_in(session, external_id, payload, now)
        view = status_view(session, intake, now, context.settings.municipality.zone)
    return JSONResponse(view, status_code=201 if is_new else 200)


@router.get("/intakes/{external_id}")
def get_intake(external_id: UUID, context: Context) -> JSONResponse:
    """The state of an intake."""
    with context.database.read() as session:
        if mark := session.get(WithdrawnIntake, external_id):
            return JSONResponse(withdrawn_view(mark, context.settings.municipality.zone))
        intake = service.find(session, external_id)
        return JSONResponse(status_view(session, intake, context.clock(), context.settings.municipality.zone))


@router.delete("/intakes/{external_id}/consents/{purpose}")
def delete_consent(external_id: UUID, purpose: Purpose, context: Context) -> JSONResponse:
    """Take a consent back; without that of the intake, erase the case."""
    with context.database.erase() as session:
        outcome = withdraw(session, external_id, purpose, context.clock())
    return JSONResponse(asdict(outcome))
