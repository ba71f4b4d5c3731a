"""Every topic in every complete language in every municipality: a whole card in that language, with an office of the place."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import pytest
import yaml

from actions.adapters.files import FileContent
from actions.adapters.municipalities import load_municipality
from actions.model.routing import Question
from actions.runtime import ROOT
from actions.services.orientation import Orientation
from bot.languages import direction
from bot.rendering import Renderer
from scripts.catalogues import offered

TENANTS = ("duesseldorf", "warendorf", "koeln")
OUTSIDE = "99084"
ISOLATES = "\u2068\u2069"
MONDAY = datetime(2026, 11, 23, 10)


@pytest.fixture(scope="module")
def topics() -> list[str]:
    """The intents of all topics."""
    files = sorted((ROOT / "data/orientation").glob("*.yml"))
    return [yaml.safe_load(path.read_text(encoding="utf-8"))["intent"] for path in files]


@cache
def sources() -> tuple[dict[str, Any], Any]:
    """The responses of the domain, and the codes."""
    responses: dict[str, Any] = {}
    for path in (ROOT / "bot/domain").glob("*.yml"):
        responses |= yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {}
    return responses, yaml.safe_load((ROOT / "contracts/codes-v1.yml").read_text(encoding="utf-8"))


def renderer(tenant: str, language: str) -> Renderer:
    return Renderer(language, *sources(), {"municipality": tenant}, "Europe/Berlin")


@cache
def content(tenant: str) -> FileContent:
    return FileContent(ROOT, tenant)


@cache
def orientation(tenant: str) -> Orientation:
    folder = ROOT / "data/municipalities" / tenant
    return Orientation(content(tenant), load_municipality(folder, ROOT / "data/orientation"))


@cache
def towns(tenant: str) -> set[str]:
    """The towns in which the offices of a municipality lie."""
    data = yaml.safe_load((ROOT / "data/municipalities" / tenant / "directory.yml").read_text(encoding="utf-8"))
    return {location["address"]["city"] for location in data["locations"]}


@pytest.mark.parametrize("language", ["de", *offered()])
@pytest.mark.parametrize("tenant", TENANTS)
def test_a_topic_ends_at_a_named_office_in_the_own_language(tenant: str, language: str, topics: list[str]) -> None:
    service, render, here = orientation(tenant), renderer(tenant, language), towns(tenant)
    assert len(topics) == 25
    for intent in topics:
        response, args = service.topic(intent, Question(at=MONDAY, language=language)) or ("", {})
        card = render.render(args["card"])
        assert (response, render.direction) == ("utter_orientation_topic", direction(language))
        assert all([card["title"], card["answer"], card["steps"], card["source"]["name"], card["reviewed"]])
        assert card["offices"] != []
        assert [
            office for office in card["offices"] if not (office["name"] and office["street"] and office["city"] in here)
        ] == []
        assert all(render.render(choice["title"]) for choice in args["choices"])


@pytest.mark.parametrize("language", ["de", *offered()])
@pytest.mark.parametrize("tenant", TENANTS)
def test_somebody_from_elsewhere_gets_the_answer_and_the_pointer(tenant: str, language: str, topics: list[str]) -> None:
    service, render = orientation(tenant), renderer(tenant, language)
    for intent in topics:
        _, args = service.topic(intent, Question(at=MONDAY, language=language, postal_code=OUTSIDE)) or ("", {})
        card = render.render(args["card"])
        assert (card["offices"], bool(card["answer"])) == ([], True)
        assert (bool(card["elsewhere"]["text"]), card["elsewhere"]["url"][:8]) == (True, "https://")
        assert render.render(args["choices"][0]["title"]).strip(ISOLATES).endswith(content(tenant).profile.name)


def test_three_municipalities_answer_with_offices_of_their_own(topics: list[str]) -> None:
    offices = {
        tenant: {
            (office["name"], office["postal_code"])
            for intent in topics
            for office in (orientation(tenant).topic(intent, Question(at=MONDAY)) or ("", {"card": {}}))[1]["card"]["offices"]
        }
        for tenant in TENANTS
    }
    assert all(offices.values())
    assert not offices["duesseldorf"] & offices["warendorf"]
    assert not offices["duesseldorf"] & offices["koeln"]
    assert not offices["warendorf"] & offices["koeln"]
