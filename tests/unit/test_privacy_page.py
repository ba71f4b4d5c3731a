"""docs/privacy.md says the periods by which the programs delete, and points at code that is there."""

from __future__ import annotations

import re
from dataclasses import fields
from string import Formatter

import pytest

from actions.model.content import Retention
from scripts.privacy_table import PAGE, ROOT, periods, rows, table, with_table

TEXT = PAGE.read_text(encoding="utf-8")


def test_retention_table_is_the_one_of_the_profiles() -> None:
    assert with_table(TEXT, table(rows(), periods())) == TEXT, "run: python scripts/privacy_table.py"


def test_every_period_that_is_set_is_in_the_table() -> None:
    named = {name for row in rows() for _, name, _, _ in Formatter().parse(row["period"]) if name}
    assert named == {field.name for field in fields(Retention)} | {"hold_minutes", "staff_session_hours"}


def test_hold_that_people_are_told_is_the_one_of_the_bookings() -> None:
    told = re.findall(r"bleibt (\d+) Minuten", (ROOT / "data/consent/purposes.yml").read_text(encoding="utf-8"))
    assert {int(minutes) for minutes in told} == {values["hold_minutes"] for values in periods().values()}


def test_municipalities_that_differ_are_named() -> None:
    row = {"what": "a", "where": "b", "period": "{hours} hours", "ended_by": "c"}
    assert table([row], {"X": {"hours": 1}, "Y": {"hours": 2}}).endswith("| a | b | X: 1 hours; Y: 2 hours | c |")
    assert table([row], {"X": {"hours": 1}, "Y": {"hours": 1}}).endswith("| a | b | 1 hours | c |")


def test_page_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="no markers"):
        with_table("nothing", "table")


def test_every_file_named_is_there() -> None:
    named = set(re.findall(r"`((?:actions|backend|bot|contracts|data|docs|scripts|tests)/[\w./*-]+)`", TEXT))
    assert len(named) > 20
    assert {name for name in named if not list(ROOT.glob(name))} == set()
