"""Cases that may be about the same person: shown as a hint with a link, never merged."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support import Api, Browser, intake

EMAIL = {"kind": "email", "value": "Leyla@Example.org", "original": "Leyla@Example.org", "provenance": "said"}
NOBODY = {"kind": None, "value": None, "original": None, "provenance": "skipped"}
OTHER_CONTACT = {"kind": "phone", "value": "+4915100000000", "original": "0151 00000000", "provenance": "said"}


def other_recipient() -> list[dict[str, Any]]:
    (consent,) = intake()["consents"]
    return [{**consent, "recipient": "Ein anderer Träger"}]


@pytest.fixture
def browser(client: TestClient, logins: dict[str, str]) -> Browser:
    browser = Browser(client)
    browser.sign_in("demo.haddad", logins["demo.haddad"])
    return browser


def hints(browser: Browser, api: Api, known: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    """What the page of the new case shows: the linked case, and what is the same."""
    for document in (known, new):
        assert api.put_intake(document).status_code == 201
    page = browser.get(f"/faelle/{new['external_id']}").text
    section = page.partition('id="doppelt"')[2].partition("</section>")[0]
    return re.findall(r'href="/faelle/([0-9a-f-]+)".*Uhr: ([^<]+)</li>', section)


@pytest.mark.parametrize(
    ("known", "new", "same"),
    [
        ({}, {}, "gleicher Kontakt, gleicher Name"),
        ({}, {"person__name__original": "Jemand Anders"}, "gleicher Kontakt"),
        ({}, {"person__contact": OTHER_CONTACT}, "gleicher Name"),
        (
            {"person__contact": EMAIL, "person__name__original": "Leyla Ə"},
            {"person__contact": {**EMAIL, "value": "leyla@example.ORG"}, "person__name__original": "Anders"},
            "gleicher Kontakt",
        ),
        (
            {"person__contact": NOBODY, "person__name__original": "Çelik  ÖZGÜR"},
            {"person__contact": NOBODY, "person__name__original": "çelik özgür"},
            "gleicher Name",
        ),
    ],
)
def test_same_contact_or_name_is_a_hint_with_a_link(
    browser: Browser, api: Api, known: dict[str, Any], new: dict[str, Any], same: str
) -> None:
    first, second = intake(**known), intake(**new)
    assert hints(browser, api, first, second) == [(first["external_id"], same)]


@pytest.mark.parametrize(
    "changes",
    [
        {"person__contact": OTHER_CONTACT, "person__name__original": "Jemand Anders"},
        {"person__contact": NOBODY, "person__name__original": None},
        {"consents": other_recipient()},
    ],
    ids=["nothing is the same", "nothing was said", "another recipient"],
)
def test_others_and_cases_of_other_recipients_are_no_hint(browser: Browser, api: Api, changes: dict[str, Any]) -> None:
    assert hints(browser, api, intake(), intake(**changes)) == []


def test_first_name_alone_is_no_hint(browser: Browser, api: Api) -> None:
    first, second = (intake(person__contact=NOBODY, person__name__original="ليلى") for _ in range(2))
    assert hints(browser, api, first, second) == []


def test_possible_duplicates_stay_two_cases(browser: Browser, api: Api) -> None:
    first, second = intake(), intake()
    hints(browser, api, first, second)
    assert browser.get("/").text.count('class="name"') == 2
    assert [api.call("GET", f"/intakes/{case['external_id']}").status_code for case in (first, second)] == [200, 200]
