"""Every municipality of the assistant can be booked in: its own places, people and way to an interpreter."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from conftest import START, HandClock
from fastapi.testclient import TestClient
from support import TOKEN, Api

from casebackend.config import Settings
from casebackend.db import Database
from casebackend.demo import load_demo
from casebackend.main import create_app
from casebackend.municipality import load_municipality

CITIES = {"duesseldorf": {"Düsseldorf"}, "warendorf": {"Ahlen", "Beckum", "Oelde", "Warendorf"}, "koeln": {"Köln"}}
PROFILES = Path(__file__).resolve().parents[2] / "data/municipalities"


@pytest.fixture(params=CITIES)
def tenant(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def booking(tenant: str, tmp_path: Path) -> Iterator[Api]:
    """The API of a municipality with its demo data."""
    settings = Settings(
        token=TOKEN,
        session_secret="test-secret",
        municipality=load_municipality(tenant),
        database_url=f"sqlite:///{tmp_path / 'backend.db'}",
    )
    database = Database(settings.database_url)
    database.migrate()
    for _ in range(2):
        with database.write() as session:
            load_demo(session, settings, START)
    database.close()
    with TestClient(create_app(settings, HandClock()), follow_redirects=False) as client:
        yield Api(client)


def test_rules_are_kept_for_each_profile() -> None:
    assert {path.parent.name for path in PROFILES.glob("*/profile.yml")} == set(CITIES)


def test_free_times_are_at_the_places_of_the_municipality(tenant: str, booking: Api) -> None:
    places = [slot["place"] for slot in booking.slots("de", interpreter=False, limit=20)]
    assert {place["city"] for place in places} == CITIES[tenant]
    assert [place["name"] for place in places if "(Demo)" not in place["name"]] == []


def test_a_talk_without_an_interpreter_is_held_and_confirmed(booking: Api) -> None:
    assert booking.book(language="de", interpreter=False)["state"] == "confirmed"


def test_a_language_that_somebody_speaks_needs_nobody_else(booking: Api) -> None:
    assert booking.slots("uk", limit=1)[0]["interpreter"] == "spoken_by_case_manager"


def test_any_other_language_stays_provisional_until_somebody_is_found(booking: Api) -> None:
    booked = booking.book(language="ti")
    assert (booked["state"], booked["interpreter"]) == ("provisional", "requested")


def test_without_a_pool_the_search_gets_more_time() -> None:
    days = {tenant: load_municipality(tenant).pool.lead_working_days for tenant in CITIES}
    assert days["warendorf"] > days["duesseldorf"] == days["koeln"]


def test_in_koeln_talks_are_with_providers_that_have_room() -> None:
    profile = yaml.safe_load((PROFILES / "koeln/profile.yml").read_text(encoding="utf-8"))
    providers = profile["case_management"]["providers"]
    assert set(load_municipality("koeln").demo["places"]) == {
        provider["id"] for provider in providers if provider["capacity"] == "free"
    }


def test_in_the_kreis_there_is_a_place_in_every_bezirk() -> None:
    districts = yaml.safe_load((PROFILES / "warendorf/places.yml").read_text(encoding="utf-8"))["districts"]
    places = load_municipality("warendorf").demo["places"]
    assert [district for district, towns in districts.items() if places[district]["city"] not in towns] == []
