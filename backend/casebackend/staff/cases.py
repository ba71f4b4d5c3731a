"""The page of one case, and what can be done on it."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from casebackend.appointments.service import latest_of
from casebackend.context import AppContext, Context
from casebackend.errors import EditConflict, NotDecidable
from casebackend.intakes import service
from casebackend.intakes.duplicates import possible_duplicates
from casebackend.models import Intake
from casebackend.staff.access import CaseManager, CheckedForm, Visitor
from casebackend.staff.pages import Pages, Renderer, text

router = APIRouter()

LONGEST_TEXT = 2000
_NOTICES = {"entschieden": "decision.saved", "deutsch": "german.saved", "sprachmittlung": "interpreter.saved"}


@dataclass(frozen=True)
class Draft:
    """What somebody has typed and not saved."""

    decision: str = ""
    note: str = ""
    german: str = ""


@router.get("/faelle/{external_id}")
def show_case(
    external_id: UUID, context: Context, visitor: CaseManager, pages: Pages, gespeichert: str = ""
) -> Response:
    """The case."""
    notice = text(_NOTICES[gespeichert]) if gespeichert in _NOTICES else None
    return _page(context, visitor, pages, external_id, notice=notice)


@router.post("/faelle/{external_id}/entscheidung", dependencies=[CheckedForm])
def decide(
    external_id: UUID,
    context: Context,
    visitor: CaseManager,
    pages: Pages,
    version: Annotated[int, Form()],
    decision: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Move the case to a state for a reason."""
    draft = Draft(decision=decision, note=note)
    if len(note) > LONGEST_TEXT:
        return _page(context, visitor, pages, external_id, draft=draft, error="decision.note_too_long", status=422)
    state, _, reason = decision.partition(":")
    try:
        with context.database.write() as session:
            service.decide(
                session,
                external_id,
                state=state,
                reason=reason,
                note=_storable(note),
                seen_version=version,
                by=visitor.staff,
                codes=context.contracts.codes,
                now=context.clock(),
            )
    except NotDecidable:
        return _page(context, visitor, pages, external_id, draft=draft, error="decision.missing", status=422)
    except EditConflict:
        return _page(context, visitor, pages, external_id, draft=draft, error="decision.conflict", status=409)
    return _back(external_id, "entschieden")


@router.post("/faelle/{external_id}/deutsch", dependencies=[CheckedForm])
def add_german_version(
    external_id: UUID,
    context: Context,
    visitor: CaseManager,
    pages: Pages,
    german: Annotated[str, Form()] = "",
) -> Response:
    """Put a German wording beside the original."""
    wording = _storable(german)
    if not wording or len(german) > LONGEST_TEXT:
        draft = Draft(german=german)
        return _page(context, visitor, pages, external_id, draft=draft, error="german.missing", status=422)
    with context.database.write() as session:
        service.add_german_version(session, external_id, wording, visitor.staff, context.clock())
    return _back(external_id, "deutsch")


def _page(
    context: AppContext,
    visitor: Visitor,
    pages: Renderer,
    external_id: UUID,
    *,
    draft: Draft | None = None,
    notice: str | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    with context.database.read() as session:
        intake = service.find(session, external_id)
        return pages.page(
            "case.html",
            status=status,
            visitor=visitor,
            intake=intake,
            payload=intake.payload,
            german=_german(intake),
            german_is_stale=_is_stale(intake),
            appointment=latest_of(session, [external_id], context.clock()).get(external_id),
            duplicates=possible_duplicates(session, intake),
            draft=draft or Draft(),
            notice=notice,
            error=text(error) if error else None,
        )


def _german(intake: Intake) -> dict[str, object] | None:
    """The newest German wording with its author, or the one that came with the intake, or none."""
    if intake.german_versions:
        newest = intake.german_versions[0]
        return {"text": newest.text, "by": newest.staff.name, "at": newest.at}
    handed_over = intake.payload["needs"]["goal"]["value"]
    return {"text": handed_over, "by": None, "at": None} if handed_over else None


def _is_stale(intake: Intake) -> bool:
    newest = intake.german_versions[0] if intake.german_versions else None
    return newest is not None and newest.original_digest != service.goal_digest(intake.payload)


def _storable(typed: str) -> str:
    return typed.replace("\x00", "").strip()


def _back(external_id: UUID, saved: str) -> Response:
    return RedirectResponse(f"/faelle/{external_id}?gespeichert={saved}", status_code=303)
