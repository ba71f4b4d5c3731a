"""Inbox, case page, decisions, German wordings, interpreter answers and calendar."""

import re
from uuid import uuid4

import pytest
from conftest import HandClock
from fastapi.testclient import TestClient
from support import GOAL, NAME, Api, Browser, intake, without_postgresql

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def browser(client: TestClient, logins: dict[str, str]) -> Browser:
    browser = Browser(client)
    browser.sign_in("demo.haddad", logins["demo.haddad"])
    return browser


@pytest.fixture
def case(api: Api) -> str:
    document = intake()
    assert api.put_intake(document).status_code == 201
    external_id: str = document["external_id"]
    return external_id


def _decide(browser: Browser, case: str, version: str, decision: str, note: str = "") -> int:
    path = f"/faelle/{case}/entscheidung"
    return browser.post(path, version=version, decision=decision, note=note).status_code


def _status(api: Api, case: str) -> tuple[str, str | None]:
    status = api.call("GET", f"/intakes/{case}").json()
    return status["state"], status["reason"]


@without_postgresql
def test_inbox_empty_explains_what_will_be_here(browser: Browser) -> None:
    page = browser.get("/")
    assert (page.status_code, "Noch keine Fälle" in page.text) == (200, True)


def test_inbox_shows_what_the_case_manager_needs(browser: Browser, case: str) -> None:
    page = browser.get("/").text
    wanted = [
        f'<span class="foreign" lang="ar" dir="rtl">{NAME}</span>',
        "Arabisch",
        "Wohnen, Gesundheit",
        "Gewünscht, noch keiner",
    ]
    wanted += ["23.11.2026, 09:00 Uhr", 'title="Ausgelöst durch: Wohnen, Gesundheit"', "Eingegangen</span>"]
    assert [text for text in wanted if text not in page] == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("stand=received", 1),
        ("stand=counselling", 0),
        ("suche=ليلى", 1),
        ("suche=4915112345678", 1),
        ("suche=Jemand", 0),
        ("suche=%25", 0),
        ("suche=%00", 1),
        ("stand=%00", 0),
        ("sortiert=name&folge=auf", 1),
        ("sortiert=stand", 1),
        ("seite=99", 1),
        ("seite=-3", 1),
    ],
)
def test_inbox_filters_by_address(browser: Browser, case: str, query: str, count: int) -> None:
    page = browser.get(f"/?{query}")
    assert (page.status_code, page.text.count('class="name"')) == (200, count)


def test_inbox_search_ignores_case(browser: Browser, api: Api) -> None:
    api.put_intake(intake(person__name__original="Çelik ÖZGÜR"))
    assert browser.get("/", params={"suche": "özgür"}).text.count('class="name"') == 1


def test_inbox_pages_keep_the_filter(browser: Browser, api: Api, clock: HandClock) -> None:
    for number in range(26):
        clock.move(seconds=1)
        api.put_intake(intake(person__name__original=f"Person {number:02}"))
    first = browser.get("/?suche=person&sortiert=name&folge=auf").text
    assert re.findall(r"Person \d\d", first) == [f"Person {number:02}" for number in range(25)]
    assert 'href="/?suche=person&amp;sortiert=name&amp;folge=auf&amp;seite=2"' in first
    second = browser.get("/?suche=person&sortiert=name&folge=auf&seite=2").text
    assert re.findall(r"Person \d\d", second) == ["Person 25"]


def test_inbox_default_is_newest_first(browser: Browser, api: Api, clock: HandClock) -> None:
    for name in ("Person A", "Person B"):
        clock.move(seconds=1)
        api.put_intake(intake(person__name__original=name))
    assert re.findall(r"Person [AB]", browser.get("/").text) == ["Person B", "Person A"]


@without_postgresql
def test_case_page_answers_in_order(browser: Browser, case: str) -> None:
    page = browser.get(f"/faelle/{case}").text
    headings = re.findall(r'<h2 id="(\w+)">', page)
    assert headings == ["wer", "ziel", "dringend", "helfer", "zustimmung", "termin", "entscheiden"]


@without_postgresql
def test_case_page_shows_the_original_with_language_and_direction(browser: Browser, case: str) -> None:
    page = browser.get(f"/faelle/{case}").text
    assert f'<blockquote lang="ar" dir="rtl">{GOAL}</blockquote>' in page
    assert "Noch keine deutsche Fassung" in page
    assert 'href="tel:+4915112345678"' in page


@without_postgresql
def test_case_page_tells_unanswered_from_no(browser: Browser, api: Api) -> None:
    skipped, no = intake(), intake(person__interpreter_needed={"value": False, "provenance": "chosen"})
    for document in (skipped, no):
        api.put_intake(document)
    pages = [browser.get(f"/faelle/{document['external_id']}").text for document in (skipped, no)]
    facts = [re.search(r"<dt>Sprachmittlung</dt>\s*<dd>(.*?)</dd>", page, re.S) for page in pages]
    words = [" ".join(re.sub(r"<[^>]+>", " ", fact[1]).split()) for fact in facts if fact]
    assert words == ["Keine Antwort übersprungen", "Nein, nicht gewünscht ausgewählt"]


@without_postgresql
def test_case_page_names_what_was_not_agreed_to(browser: Browser, case: str) -> None:
    page = browser.get(f"/faelle/{case}").text
    assert (page.count("Zugestimmt</strong>"), page.count("Nicht erteilt</strong>")) == (1, 3)
    assert "23.11.2026, 08:50 Uhr" in page


@without_postgresql
def test_case_page_says_that_somebody_else_typed(browser: Browser, api: Api, case: str) -> None:
    helped = intake(written_by="helper")
    assert api.put_intake(helped).status_code == 201
    pages = [browser.get(f"/faelle/{one}").text for one in (case, helped["external_id"])]
    assert ["Geschrieben hat" in page for page in pages] == [False, True]


def test_case_page_with_everything_skipped_is_shown(browser: Browser, api: Api) -> None:
    skipped = {"value": None, "original": None, "original_language": None, "provenance": "skipped"}
    document = intake(
        person__name=skipped,
        needs__goal=skipped,
        person__contact={"kind": None, "value": None, "original": None, "provenance": "skipped"},
        person__language={"value": None, "original": None, "provenance": "skipped"},
        needs__areas={"values": [], "provenance": "skipped"},
        needs__helpers={"values": [], "provenance": "skipped"},
        signals=[],
        appointment_wish=False,
    )
    api.put_intake(document)
    page = browser.get(f"/faelle/{document['external_id']}")
    assert (page.status_code, page.text.count("Keine Antwort</span>")) == (200, 8)


def _further(
    question: str, module: str | None, answer: dict[str, object], reason: str | None = None
) -> dict[str, object]:
    return {"question": question, "module": module, "reason": reason, "answer": answer}


def _leitfaden(*answers: dict[str, object], adults: int = 0) -> dict[str, object]:
    own = [{"question": "household_adults", "state": "pending"}] * adults
    modules = {"values": ["resources"], "provenance": "chosen"}
    document = {"version": "1.0", "valid_from": "2026-11-21", "modules": modules}
    return {**document, "answers": list(answers), "own_consents": own}


def test_case_shows_what_was_said_beyond_the_core_and_what_must_be_asked_first(browser: Browser, api: Api) -> None:
    words = {"value": None, "original": GOAL, "original_language": "ar", "provenance": "said"}
    nothing = {"value": None, "original": None, "original_language": None, "provenance": "withheld"}
    document = intake(
        leitfaden=_leitfaden(
            _further("going_well", "resources", words),
            _further("household_adults", "household", {"value": 2, "provenance": "chosen"}),
            _further("residence_title", None, nothing, "Wegen der Beratung."),
            adults=2,
        )
    )
    assert api.put_intake(document).status_code == 201
    page = re.sub(r"\s+", " ", browser.get(f"/faelle/{document['external_id']}").text)
    section = page[page.index('id="weiteres"') : page.index('id="dringend"')]
    wanted = [
        f'<dt>Was gut läuft</dt> <dd><span class="foreign" lang="ar" dir="rtl">{GOAL}</span>',
        '<dt>Andere Erwachsene im Haushalt</dt> <dd><span class="foreign" lang="de" dir="ltr">2</span>',
        "Eigene Einwilligung: steht aus, steht aus. Bitte fragen Sie jede Person selbst",
        '<dt>Aufenthaltstitel</dt> <dd><span class="missing">Keine Antwort</span>',
        ">möchte nicht</span>",
        "Gefragt, weil: Wegen der Beratung.",
    ]
    assert [text for text in wanted if text not in section] == []
    assert "· Leitfaden 1.0" in page


@without_postgresql
def test_case_of_a_sender_without_leitfaden_shows_none(browser: Browser, case: str) -> None:
    page = browser.get(f"/faelle/{case}").text
    assert ("Leitfaden" in page, 'id="weiteres"' in page) == (False, False)


@without_postgresql
@pytest.mark.parametrize("kind", ["phone", "email", None])
def test_pages_escape_hostile_values(browser: Browser, api: Api, kind: str | None) -> None:
    hostile = {"value": HOSTILE, "original": HOSTILE, "original_language": "ar", "provenance": "said"}
    document = intake(
        person__name=hostile,
        needs__goal=hostile,
        person__contact={"kind": kind, "value": HOSTILE, "original": "javascript:alert(1)", "provenance": "said"},
        person__language__original=HOSTILE,
        signals=[{"code": HOSTILE, "because": [HOSTILE]}],
    )
    document["consents"][0] |= {"recipient": HOSTILE, "text_id": HOSTILE}
    api.put_intake(document)
    case = document["external_id"]
    version = browser.open_case(case)
    _decide(browser, case, version, "counselling:one_topic", HOSTILE)
    pages = [browser.get(path) for path in ("/", f"/faelle/{case}", f"/?suche={HOSTILE}&stand={HOSTILE}")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [("<script" in page.text, 'href="javascript' in page.text) for page in pages] == [(False, False)] * 3


@without_postgresql
def test_case_page_of_unknown_case_answers_404(browser: Browser) -> None:
    assert [browser.get(f"/faelle/{case}").status_code for case in (uuid4(), "x")] == [404, 404]


def test_decide_with_reason_moves_the_case_and_keeps_history(browser: Browser, api: Api, case: str) -> None:
    version = browser.open_case(case)
    assert _decide(browser, case, version, "case_management:several_bodies", "Rückruf am Montag") == 303
    assert _status(api, case) == ("case_management", "several_bodies")
    page = browser.get(f"/faelle/{case}").text
    wanted = ["Demo Fachkraft Haddad", "Eingegangen → <strong>Case Management</strong>", "Rückruf am Montag"]
    assert [text for text in wanted if text not in page] == []


@without_postgresql
@pytest.mark.parametrize("decision", ["", "counselling", "counselling:", "received:", "counselling:by_person", "x:y"])
def test_decide_without_reason_is_refused_and_keeps_what_was_typed(
    browser: Browser, api: Api, case: str, decision: str
) -> None:
    version = browser.open_case(case)
    assert _decide(browser, case, version, decision, "Meine Notiz") == 422
    assert browser.page is not None
    assert ">Meine Notiz</textarea>" in browser.page.text
    assert _status(api, case) == ("received", None)


def test_decide_after_somebody_else_is_told_and_loses_nothing(browser: Browser, api: Api, case: str) -> None:
    version = browser.open_case(case)
    assert _decide(browser, case, version, "counselling:one_topic") == 303
    assert _decide(browser, case, version, "information:question_answered", "Meine Notiz") == 409
    assert _status(api, case) == ("counselling", "one_topic")
    assert browser.page is not None
    page = browser.page.text
    assert ">Meine Notiz</textarea>" in page
    assert re.findall(r'value="([\w:]+)" required checked', page) == ["information:question_answered"]
    again = re.findall(r'name="version" value="(\d+)"', page)[0]
    assert _decide(browser, case, again, "information:question_answered", "Meine Notiz") == 303


def test_newer_revision_keeps_state_and_notes(browser: Browser, api: Api) -> None:
    document = intake()
    api.put_intake(document)
    case = document["external_id"]
    _decide(browser, case, browser.open_case(case), "counselling:one_topic", "Meine Notiz")
    api.put_intake(document | {"revision": 2, "appointment_wish": False})
    assert _status(api, case) == ("counselling", "one_topic")
    assert browser.get(f"/faelle/{case}").text.count("Meine Notiz") == 1


def test_german_version_stands_beside_the_untouched_original(browser: Browser, case: str) -> None:
    browser.open_case(case)
    assert browser.post(f"/faelle/{case}/deutsch", german="Ich suche eine Wohnung.").status_code == 303
    page = browser.get(f"/faelle/{case}").text
    assert "<blockquote>Ich suche eine Wohnung.</blockquote>" in page
    assert "Von Demo Fachkraft Haddad, 23.11.2026, 09:00 Uhr." in page
    assert f'<blockquote lang="ar" dir="rtl">{GOAL}</blockquote>' in page


def test_german_version_of_an_older_wording_is_marked(browser: Browser, api: Api) -> None:
    document = intake()
    api.put_intake(document)
    case = document["external_id"]
    browser.open_case(case)
    browser.post(f"/faelle/{case}/deutsch", german="Ich suche eine Wohnung.")
    api.put_intake(intake(revision=2, needs__goal__original="أريد عملا", external_id=case))
    assert "Diese Fassung gehört zu einem früheren Wortlaut." in browser.get(f"/faelle/{case}").text


@without_postgresql
@pytest.mark.parametrize("german", ["", "  ", "x" * 2001])
def test_german_version_empty_or_too_long_is_refused(browser: Browser, case: str, german: str) -> None:
    browser.open_case(case)
    assert browser.post(f"/faelle/{case}/deutsch", german=german).status_code == 422


def test_interpreter_secured_confirms_and_unavailable_does_not(browser: Browser, api: Api, case: str) -> None:
    booked = api.book(language="ti", external_id=case)
    states = []
    for answer in ("unavailable", "secured", "unavailable"):
        browser.open_case(case)
        path = f"/termine/{booked['appointment_id']}/sprachmittlung"
        assert browser.post(path, answer=answer, fall=case).headers["location"].startswith(f"/faelle/{case}")
        appointment = api.call("GET", f"/intakes/{case}").json()["appointment"]
        states.append((appointment["state"], appointment["interpreter"]))
    assert states == [("provisional", "unavailable"), ("confirmed", "secured"), ("provisional", "unavailable")]


def test_interpreter_answer_for_a_cancelled_appointment_is_refused(browser: Browser, api: Api, case: str) -> None:
    booked = api.book(language="ti", external_id=case)
    browser.open_case(case)
    api.call("DELETE", f"/appointments/{booked['appointment_id']}")
    answer = browser.post(f"/termine/{booked['appointment_id']}/sprachmittlung", answer="secured")
    assert answer.status_code == 404


def test_interpreter_page_shows_no_name_and_no_case(browser: Browser, api: Api, case: str) -> None:
    api.book(language="ti", external_id=case)
    page = browser.get("/sprachmittlung").text
    assert ("Tigrinya" in page, NAME in page, case in page) == (True, False, False)


def test_calendar_shows_own_appointments_of_the_week(browser: Browser, api: Api, case: str) -> None:
    api.book(language="ar", external_id=case)
    api.book(language="uk")
    page = browser.get("/kalender").text
    assert (page.count('class="card slot"'), NAME in page) == (1, True)
    assert "Sprachmittlung (Arabisch): Die Fachkraft spricht die Sprache" in page
    assert "Keine Termine in dieser Woche" in browser.get("/kalender?woche=2026-W52").text


@without_postgresql
def test_calendar_shows_appointment_before_its_intake(browser: Browser, api: Api) -> None:
    api.book(language="ar")
    assert "Der Fall ist noch nicht eingegangen." in browser.get("/kalender").text


@without_postgresql
@pytest.mark.parametrize("week", ["2026-W99", "x", "2026-48"])
def test_calendar_with_odd_week_shows_this_week(browser: Browser, week: str) -> None:
    assert "Kalender, Woche 48" in browser.get(f"/kalender?woche={week}").text
