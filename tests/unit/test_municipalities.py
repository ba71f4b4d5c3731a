"""The files of a municipality: ours are in order, broken ones are refused in words that help, and HSDS loses nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.adapters.files import ContentError, FileContent
from actions.adapters.municipalities import load_municipality
from scripts.check_municipalities import context_of_repository, main, problems
from scripts.hsds import export, import_
from scripts.municipality_references import Context

ROOT = Path(__file__).resolve().parents[2]
BROKEN = yaml.safe_load((Path(__file__).parent / "broken_municipalities.yml").read_text(encoding="utf-8"))
TENANTS = ("duesseldorf", "warendorf", "koeln")
HSDS_REQUIRED = {
    "organizations": {"id", "name", "description"},
    "services": {"id", "name", "status"},
    "locations": {"id", "location_type"},
    "service_at_locations": {"id"},
    "addresses": {"id", "address_1", "city", "state_province", "postal_code", "country", "address_type"},
    "phones": {"id", "number"},
    "languages": {"id"},
    "accessibility": {"id"},
    "schedules": {"id"},
    "service_areas": {"id"},
    "attributes": {"id"},
}
"""What the schemas of HSDS 3.1 require of an entry, by the list it stands in."""


@pytest.fixture(scope="module")
def context() -> Context:
    return context_of_repository()


def folder(tenant: str) -> Path:
    return ROOT / "data/municipalities" / tenant


def read(tenant: str, name: str) -> Any:
    return yaml.safe_load((folder(tenant) / f"{name}.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("tenant", TENANTS)
def test_ours_are_in_order(tenant: str, context: Context) -> None:
    assert problems(folder(tenant), context) == []


@pytest.mark.parametrize("tenant", TENANTS)
def test_the_assistant_can_be_started_with_each(tenant: str) -> None:
    content = FileContent(ROOT, tenant)
    assert content.profile.tenant == tenant
    assert all(content.offices(topic.service) for topic in content.topics)
    assert content.offices(content.profile.welcome_service)


def test_a_fourth_municipality_needs_no_code(context: Context) -> None:
    moers = Path(__file__).parent / "municipalities/moers"
    assert problems(moers, Context({}, context.codes, context.leitfaden, context.today)) == []


def test_facts_of_the_three() -> None:
    posts = {
        tenant: [(provider["kind"], provider["posts"]) for provider in read(tenant, "profile")["case_management"]["providers"]]
        for tenant in TENANTS
    }
    assert posts["duesseldorf"][:2] == [("municipal", 10), ("welfare", 6)]
    assert sum(count for _, count in posts["warendorf"]) == 7
    assert {kind for kind, _ in posts["koeln"]} == {"welfare"}
    districts = read("warendorf", "places")["districts"]
    assert (len(districts), sum(map(len, districts.values()))) == (4, 13)
    assert read("warendorf", "profile")["interpreter_pool"]["kind"] == "none"


@pytest.mark.parametrize("tenant", TENANTS)
def test_every_invented_address_says_so(tenant: str) -> None:
    places = [
        *read(tenant, "directory")["locations"],
        *(read(tenant, "profile")[name] for name in ("controller", "privacy_contact")),
    ]
    invented = [place for place in places if "Musterstraße" in str(place.get("address", place))]
    assert invented and all(place["demo"] for place in invented)
    assert all(number["number"].split()[1].startswith("0000-") for place in places for number in place.get("phones", ()))


@pytest.mark.parametrize("mistake", BROKEN, ids=[mistake["message"] for mistake in BROKEN])
def test_mistake_is_refused_in_words_that_help(tmp_path: Path, context: Context, mistake: dict[str, str]) -> None:
    copy = shutil.copytree(folder("koeln"), tmp_path / "koeln")
    path = copy / f"{mistake['file']}.yml"
    text = path.read_text(encoding="utf-8")
    assert mistake["instead_of"] in text
    path.write_text(text.replace(mistake["instead_of"], mistake["stands"], 1), encoding="utf-8")
    assert f"koeln/{mistake['file']}.yml: {mistake['message']}" in problems(copy, context)


def test_missing_and_unreadable_files_are_named(tmp_path: Path, context: Context) -> None:
    copy = shutil.copytree(folder("koeln"), tmp_path / "koeln")
    (copy / "places.yml").unlink()
    (copy / "routing.yml").write_text("reviewed: 2026-02-30", encoding="utf-8")
    found = problems(copy, context)
    assert found[0] == "koeln/places.yml: this file is missing"
    assert found[1].startswith("koeln/routing.yml: cannot be read: ")


def test_command_says_what_is_wrong_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    copy = shutil.copytree(folder("koeln"), tmp_path / "koeln")
    (copy / "places.yml").unlink()
    assert main([str(copy)]) == 1
    assert "koeln/places.yml: this file is missing" in capsys.readouterr().out


def test_unchecked_file_is_a_content_error(tmp_path: Path) -> None:
    copy = shutil.copytree(folder("koeln"), tmp_path / "koeln")
    (copy / "places.yml").write_text("town: Köln", encoding="utf-8")
    with pytest.raises(ContentError, match="koeln"):
        load_municipality(copy, ROOT / "data/orientation")


# HSDS


@pytest.mark.parametrize("tenant", TENANTS)
def test_exported_and_imported_again_is_equal(tenant: str) -> None:
    directory = read(tenant, "directory")
    assert import_(json.loads(json.dumps(export(tenant, directory)))) == directory


@pytest.mark.parametrize("tenant", TENANTS)
def test_export_has_what_hsds_requires_and_each_id_once(tenant: str) -> None:
    ids: list[str] = []

    def look(node: Any, listed: str) -> None:
        if isinstance(node, list):
            for entry in node:
                assert HSDS_REQUIRED[listed] <= entry.keys()
                ids.append(entry["id"])
                for name, value in entry.items():
                    look(value, name)

    exported = export(tenant, read(tenant, "directory"))
    look(exported["organizations"], "organizations")
    look(exported["services"], "services")
    assert len(ids) == len(set(ids)) > 100


def test_edit_of_others_survives_the_import() -> None:
    exported = export("koeln", read("koeln", "directory"))
    location = exported["organizations"][0]["locations"][0]
    location["addresses"][0]["address_1"] = "Neue Straße 5"
    location["phones"][0]["number"] = "0221 0000-999"
    imported = import_(exported)["locations"][0]
    assert imported["address"]["street"] == "Neue Straße 5"
    assert imported["phones"] == [{"number": "0221 0000-999", "type": "voice"}]


def test_page_of_a_foreign_directory_can_be_imported() -> None:
    organization = {"id": "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610", "name": "Verein", "description": "Ein Verein"}
    place = {
        "id": "3a19ff88-4620-4d17-9830-ac1d859eb5d5",
        "name": "Haus",
        "location_type": "physical",
        "addresses": [{"id": "a", "address_1": "Weg 1", "postal_code": "48231", "city": "Warendorf", "country": "DE"}],
    }
    schedule = {"id": "s", "freq": "WEEKLY", "byday": "MO", "opens_at": "09:00:00+01:00", "closes_at": "12:00:00+01:00"}
    row = {"id": "e94c9f38-1e8f-4564-91d4-d53501ab1765", "location": place, "schedules": [schedule]}
    service = {"id": "ac148810-d857-441c-9679-408f346de14b", "name": "Kurs", "status": "active", "organization": organization}
    imported = import_({"contents": [{**service, "service_at_locations": [row]}]})
    assert imported["organizations"][0]["name"] == "Verein"
    assert imported["locations"][0]["organization_id"] == imported["organizations"][0]["id"]
    assert imported["service_at_location"][0]["location_id"] == imported["locations"][0]["id"]
    assert imported["service_at_location"][0]["schedules"] == [
        {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "12:00"}
    ]
