"""Übersicht: figures without personal data, for the coordination of KIM."""

from collections import Counter

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import select

from casebackend.context import Context
from casebackend.models import Intake
from casebackend.staff.access import Coordination
from casebackend.staff.formatting import language_name
from casebackend.staff.pages import Pages

router = APIRouter()

# Smaller figures could point to a person and are not shown.
SMALLEST_CELL = 5


@router.get("/uebersicht")
def show_overview(context: Context, visitor: Coordination, pages: Pages) -> Response:
    """How many cases there are by state, language and area of life."""
    codes = context.contracts.codes
    states: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    areas: Counter[str] = Counter()
    with context.database.read() as session:
        for state, language, payload in session.execute(select(Intake.state, Intake.language, Intake.payload)):
            states[codes.label("states", state)] += 1
            languages[language_name(language)] += 1
            areas.update(codes.label("areas", code) for code in payload["needs"]["areas"]["values"])
    tables = {"state": _rows(states), "language": _rows(languages), "area": _rows(areas)}
    return pages.page("overview.html", visitor=visitor, tables=tables, smallest=SMALLEST_CELL)


def _rows(counts: Counter[str]) -> list[tuple[str, int | None]]:
    return [(label, count if count >= SMALLEST_CELL else None) for label, count in counts.most_common()]
