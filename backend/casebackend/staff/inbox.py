"""Posteingang: all cases as a table whose filter, order and page stand in the address."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from casebackend.appointments.service import latest_of
from casebackend.context import Context
from casebackend.intakes.service import fold
from casebackend.models import Intake
from casebackend.staff.access import SignedIn
from casebackend.staff.pages import Pages, address

router = APIRouter()

PAGE_SIZE = 25
_COLUMNS = {"eingang": Intake.received_at, "name": Intake.name, "sprache": Intake.language, "stand": Intake.state}


class InboxView(BaseModel):
    """What the address of the inbox says."""

    stand: str = ""
    suche: str = ""
    sortiert: Literal["eingang", "name", "sprache", "stand"] = "eingang"
    folge: Literal["auf", "ab"] = "ab"
    seite: int = 1

    def with_(self, **changes: str | int) -> str:
        """The address of the inbox with some of it changed."""
        defaults = InboxView().model_dump()
        values = self.model_dump() | changes
        return address("/", {key: value for key, value in values.items() if value != defaults[key]})


@router.get("/")
def show_inbox(context: Context, visitor: SignedIn, pages: Pages, view: Annotated[InboxView, Query()]) -> Response:
    """The inbox; coordination, which sees no cases, is led to its own first page."""
    if not visitor.sees_cases:
        return RedirectResponse("/uebersicht", status_code=303)
    with context.database.read() as session:
        matching = _matching(view)
        count = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
        last_page = max(1, -(-count // PAGE_SIZE))
        page = min(max(view.seite, 1), last_page)
        intakes = list(
            session.scalars(matching.order_by(*_order(view)).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
        )
        appointments = latest_of(session, [intake.external_id for intake in intakes], context.clock())
        return pages.page(
            "inbox.html",
            visitor=visitor,
            view=view,
            page=page,
            last_page=last_page,
            count=count,
            intakes=intakes,
            appointments=appointments,
            counts=_counts(session),
        )


def _matching(view: InboxView) -> Select[tuple[Intake]]:
    query = select(Intake)
    if view.stand:
        query = query.where(Intake.state == view.stand.replace("\x00", ""))
    for word in fold(view.suche).replace("\x00", "").split():
        query = query.where(Intake.search_text.contains(word, autoescape=True))
    return query


def _order(view: InboxView) -> list[ColumnElement[Any]]:
    column = _COLUMNS[view.sortiert]
    first = column.asc().nulls_last() if view.folge == "auf" else column.desc().nulls_last()
    return [first, Intake.received_at.desc(), Intake.external_id.asc()]


def _counts(session: Session) -> dict[str, int]:
    rows = session.execute(select(Intake.state, func.count()).group_by(Intake.state))
    return {state: count for state, count in rows}
