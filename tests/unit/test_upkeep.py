"""What is out of date: per owner, in time, for cron and in the log of the worker."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from pathlib import Path

import pytest

from actions.adapters.files import ContentError
from actions.adapters.upkeep import dated_content
from actions.model.upkeep import Dated, Due, due
from actions.runtime import ROOT
from actions.worker import warn_owners
from scripts.check_content import main

TODAY = date(2026, 11, 21)


def until(days: int, owner: str = "KI", name: str = "a.yml") -> Dated:
    return Dated(owner, name, TODAY + timedelta(days=days))


def test_the_last_day_still_holds_and_the_next_does_not() -> None:
    today, yesterday = until(0, name="b.yml"), until(-1)
    assert due([today, yesterday], TODAY) == [Due("KI", expired=(yesterday,), soon=(today,))]


def test_owners_are_told_thirty_days_before_and_not_earlier() -> None:
    assert due([until(30)], TODAY) == [Due("KI", (), (until(30),))]
    assert due([until(31)], TODAY) == []


def test_every_owner_is_told_of_what_is_theirs() -> None:
    assert [owner.owner for owner in due([until(1, "KI Köln"), until(2, "KI Ahlen"), until(90, "KI Beckum")], TODAY)] == [
        "KI Ahlen",
        "KI Köln",
    ]


MUNICIPALITY = {
    "profile": "owner: KI\nreviewed: 2026-11-21\n",
    "places": "owner: KI\nreviewed: 2026-11-21\n",
    "directory": """
owner: KI
reviewed: 2026-11-21
services: [{id: advice, assured_date: 2026-01-10}, {id: unchecked, assured_date: null}]
locations: [{id: hall, assured_date: "2026-02-10"}]
service_at_location: []
""",
    "routing": """
owner: KI
reviewed: 2026-11-21
rules:
  - {id: lasting, owner: Jobcenter, date: 2026-03-10}
  - {id: ending, owner: Jobcenter, date: 2026-03-10, valid_until: 2026-12-01}
""",
}
TOPIC = "status: {status}\nowner: KI\nvalid_until: 2026-12-31\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one municipality and two topics, one of them a draft."""
    for folder in ("orientation", "passages", "municipalities/here"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    for name, text in MUNICIPALITY.items():
        (tmp_path / f"data/municipalities/here/{name}.yml").write_text(text, encoding="utf-8")
    for status in ("published", "draft"):
        (tmp_path / f"data/orientation/{status}.yml").write_text(TOPIC.format(status=status), encoding="utf-8")
    return tmp_path


def test_everything_that_is_shown_with_a_date_is_found(root: Path) -> None:
    assert {(item.owner, item.name, item.until.isoformat()) for item in dated_content(root, ["here"])} == {
        ("KI", "orientation/published.yml", "2026-12-31"),
        ("KI", "here/profile.yml", "2027-11-21"),
        ("KI", "here/places.yml", "2027-11-21"),
        ("KI", "here/directory.yml", "2027-11-21"),
        ("KI", "here/routing.yml", "2027-11-21"),
        ("KI", "here/directory.yml: advice", "2027-01-10"),
        ("KI", "here/directory.yml: hall", "2027-02-10"),
        ("Jobcenter", "here/routing.yml: lasting", "2027-03-10"),
        ("Jobcenter", "here/routing.yml: ending", "2026-12-01"),
    }


def test_a_file_without_a_date_is_a_content_error(root: Path) -> None:
    (root / "data/municipalities/here/profile.yml").write_text("owner: KI", encoding="utf-8")
    with pytest.raises(ContentError, match="reviewed"):
        dated_content(root, ["here"])


def test_command_is_silent_until_there_is_something_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["koeln", "--on", "2026-11-21"]), capsys.readouterr().out) == (0, "")
    assert main(["koeln", "--on", "2030-01-01"]) == 1
    assert "KI Köln\n  expired on 2027-11-21: koeln/directory.yml\n" in capsys.readouterr().out


def test_the_worker_warns_each_owner_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "actions.worker"):
        warn_owners([until(-1), until(3, name="b.yml"), until(2, "KI Köln")], TODAY)
    assert caplog.messages == ["KI: expired: a.yml; soon: b.yml", "KI Köln: expired: -; soon: a.yml"]


def test_our_own_dates_can_all_be_read() -> None:
    tenants = [path.name for path in (ROOT / "data/municipalities").iterdir()]
    assert {item.owner for item in dated_content(ROOT, tenants)} >= {"KI Düsseldorf", "KI Kreis Warendorf", "KI Köln"}
