"""Topic cards: the offices that fit who asks, in each of the municipalities; what is not current is not shown as fact."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Optional

import pytest
import yaml

from actions.adapters.files import FileContent
from actions.adapters.municipalities import load_municipality
from actions.model.content import Office
from actions.model.routing import Question
from actions.runtime import ROOT
from actions.services.orientation import OFFICES_AT_ONCE, Orientation

MONDAY = datetime(2026, 11, 23, 10)
TENANTS = ("duesseldorf", "warendorf", "koeln")


@cache
def orientation(tenant: str) -> Orientation:
    folder = ROOT / "data/municipalities" / tenant
    return Orientation(FileContent(ROOT, tenant), load_municipality(folder, ROOT / "data/orientation"))


def offices(tenant: str, **question: Any) -> list[str]:
    answer = orientation(tenant).topic("ask_housing", Question(at=MONDAY, **question))
    assert answer is not None
    return [office["name"] for office in answer[1]["card"]["offices"]]


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_published_topic_ends_at_an_office_of_the_municipality(tenant: str) -> None:
    service = orientation(tenant)
    for topic in FileContent(ROOT, tenant).topics:
        response, args = service.topic(topic.intent, Question(at=MONDAY)) or ("", {})
        assert response == "utter_orientation_topic"
        assert 1 <= len(args["card"]["offices"]) <= OFFICES_AT_ONCE


def test_the_own_town_comes_first() -> None:
    assert ["Oelde" in name for name in offices("warendorf", place="Oelde")] == [True]
    assert offices("warendorf", place="Telgte") != offices("warendorf", place="Oelde")


def test_an_expired_topic_shows_only_where_to_ask() -> None:
    late = Question(at=datetime(2030, 1, 1))
    response, args = orientation("duesseldorf").topic("ask_housing", late) or ("", {})
    assert response == "utter_orientation_expired"
    assert set(args["card"]) == {"kind", "title", "offices"}


@pytest.mark.parametrize(("status", "answered"), [("draft", False), ("published", True)])
def test_a_topic_is_answered_only_once_it_is_published(tmp_path: Path, status: str, answered: bool) -> None:
    for part in ("contracts", "data/consent", "data/intake", "data/passages", "data/municipalities/duesseldorf"):
        shutil.copytree(ROOT / part, tmp_path / part)
    invented = yaml.safe_load((ROOT / "data/orientation/housing.yml").read_text(encoding="utf-8"))
    invented |= {"id": "invented", "intent": "ask_invented", "status": status}
    (tmp_path / "data/orientation").mkdir()
    (tmp_path / "data/orientation/invented.yml").write_text(yaml.safe_dump(invented), encoding="utf-8")
    municipality = load_municipality(tmp_path / "data/municipalities/duesseldorf", ROOT / "data/orientation")
    service = Orientation(FileContent(tmp_path, "duesseldorf"), municipality)
    assert (service.topic("ask_invented", Question(at=MONDAY)) is not None) == answered


def test_areas_lead_only_to_topics_that_there_are() -> None:
    service = orientation("duesseldorf")
    _, args = service.areas()
    for choice in args["choices"]:
        if choice["payload"].startswith("/show_topics"):
            response, shown = service.topics(choice["payload"].split('"')[3])
            assert (response, bool(shown["choices"])) == ("utter_orientation_topics", True)


class OneOffice(FileContent):
    """The content of Düsseldorf with a single office, changed as a test needs it."""

    changes: dict[str, Any] = {}

    def offices(self, service: str) -> list[Office]:
        return [replace(super().offices(service)[0], **self.changes)]


@pytest.mark.parametrize(
    ("changes", "geo"),
    [
        ({}, "geo:0,0?q=Musterstra%C3%9Fe%201%2C%2040210%20D%C3%BCsseldorf"),
        ({"position": (51.2277, 6.7735)}, "geo:51.2277,6.7735?q=Musterstra%C3%9Fe%201%2C%2040210%20D%C3%BCsseldorf"),
        ({"street": "A & B #1?", "postal_code": None}, "geo:0,0?q=A%20%26%20B%20%231%3F%2C%20D%C3%BCsseldorf"),
        ({"street": None}, None),
        ({"city": None}, None),
    ],
)
def test_map_link_has_the_address_and_only_a_measured_position(changes: dict[str, Any], geo: Optional[str]) -> None:
    content = OneOffice(ROOT, "duesseldorf")
    content.changes = {**changes, "directions": "Bus 1 bis Rathaus"}
    service = Orientation(content, load_municipality(ROOT / "data/municipalities/duesseldorf", ROOT / "data/orientation"))
    shown = service.offices(content.profile.welcome_service)
    assert [(office["geo"], office["directions"]) for office in shown] == [(geo, "Bus 1 bis Rathaus")]


def test_somebody_from_elsewhere_gets_the_answer_the_pointer_and_a_way_back() -> None:
    _, args = orientation("duesseldorf").topic("ask_housing", Question(at=MONDAY, place="Neuss")) or ("", {})
    card = args["card"]
    assert (card["offices"], bool(card["answer"])) == ([], True)
    assert card["elsewhere"] == {
        "text": {"$code": "routing_reasons.outside_area"},
        "name": "Kommunale Integrationszentren in Nordrhein-Westfalen",
        "url": "https://kommunale-integrationszentren-nrw.de/",
    }
    assert args["choices"][0]["payload"] == '/ask_housing{"place": "D\\u00fcsseldorf"}'
    assert offices("duesseldorf", place="Düsseldorf") == offices("duesseldorf")


@pytest.mark.parametrize("tenant", TENANTS)
def test_the_way_back_names_a_place_that_is_ours(tenant: str) -> None:
    assert orientation(tenant).is_elsewhere(FileContent(ROOT, tenant).profile.name) is False


def test_an_expired_topic_sends_nobody_from_elsewhere_to_us() -> None:
    late = Question(at=datetime(2030, 1, 1), postal_code="99084")
    response, args = orientation("duesseldorf").topic("ask_housing", late) or ("", {})
    assert (response, set(args["card"])) == ("utter_orientation_expired", {"kind", "title", "offices", "elsewhere"})


def test_who_helps_already_comes_first_and_the_card_says_why() -> None:
    def first(*helpers: str) -> tuple[str, list[str]]:
        _, args = orientation("warendorf").topic("ask_work", Question(at=MONDAY, helped_by=helpers)) or ("", {})
        office = args["card"]["offices"][0]
        return office["name"], [code["$code"] for code in office["why"]]

    assert first("jobcenter") == ("Jobcenter, Ahlen", ["routing_reasons.own_case_management"])
    assert first("nobody")[1] == []


def test_the_nearest_place_for_people_says_that_it_is() -> None:
    card = orientation("duesseldorf").human(Question(at=MONDAY, place="Garath"))
    assert card["offices"][0]["why"] != []
    assert orientation("duesseldorf").human(Question(at=MONDAY, place="Neuss"))["offices"] != []
