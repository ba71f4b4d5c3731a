"""Places, opening hours and holidays, below the rules."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from typing import Optional

import pytest

from actions.adapters.municipalities import load_municipality
from actions.model.directory import Schedule, Service
from actions.model.holidays import easter_sunday, holidays
from actions.model.places import Point

ROOT = Path(__file__).resolve().parents[2]


def test_schedule_of_a_season_holds_from_its_first_to_its_last_day() -> None:
    summer = Schedule(frozenset({"WE"}), time(9), time(12), date(2026, 7, 1), date(2026, 7, 8))
    assert [day for day in (date(2026, 6, 24) + timedelta(days=7 * week) for week in range(4)) if summer.is_on(day)] == [
        date(2026, 7, 1),
        date(2026, 7, 8),
    ]


def test_holidays_of_nrw() -> None:
    assert [easter_sunday(year) for year in (2024, 2025, 2026, 2027, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25),
    ]  # fmt: skip
    assert sorted(holidays(2026)) == [
        date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25),
        date(2026, 6, 4), date(2026, 10, 3), date(2026, 11, 1), date(2026, 12, 25), date(2026, 12, 26),
    ]  # fmt: skip


def test_distance_is_as_the_crow_flies() -> None:
    assert Point(51.23, 6.78).km_to(Point(50.94, 6.96)) == pytest.approx(34.6, abs=0.2)


def test_service_without_an_age_is_for_everybody() -> None:
    youth = Service("youth", 12, 26)
    assert [youth.is_for(age) for age in (11, 12, 26, 27, None)] == [False, True, True, False, True]
    assert Service("all").is_for(99)


@pytest.mark.parametrize(
    ("tenant", "postal_code", "place", "inside"),
    [
        ("duesseldorf", "40210", None, True),
        ("duesseldorf", "40699", None, False),
        ("duesseldorf", None, "Neuss", False),
        ("duesseldorf", None, "garath ", True),
        ("duesseldorf", "4021", None, None),
        ("duesseldorf", None, "Somewhere", None),
        ("duesseldorf", "50667", "Somewhere", False),
        ("warendorf", None, "Kreis Warendorf", True),
        ("koeln", "51105", "Köln", True),
        ("koeln", None, None, None),
    ],
)
def test_place(tenant: str, postal_code: Optional[str], place: Optional[str], inside: Optional[bool]) -> None:
    municipality = load_municipality(ROOT / "data/municipalities" / tenant, ROOT / "data/orientation")
    assert municipality.places.locate(postal_code, place).inside is inside
