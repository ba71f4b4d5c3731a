"""Signing in, forms, throttling and headers of the staff pages."""

import pytest
from conftest import HandClock
from fastapi.testclient import TestClient
from support import Api, Browser, intake, without_postgresql

pytestmark = without_postgresql

PERSONAL_PAGES = ["/", "/kalender", "/sprachmittlung", "/uebersicht", "/faelle/7e0f2a1c-5a57-4b0e-9a3e-1f2d3c4b5a69"]


@pytest.fixture
def browser(client: TestClient) -> Browser:
    return Browser(client)


def test_sign_in_with_right_password_opens_the_inbox(browser: Browser, logins: dict[str, str]) -> None:
    answer = browser.sign_in("demo.haddad", logins["demo.haddad"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = [value for value in answer.headers.get_list("set-cookie") if value.startswith("lotse_session=")][0]
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "path=/", "samesite=strict"}
    assert browser.get("/").status_code == 200


def test_session_cookie_over_https_is_secure(browser: Browser, logins: dict[str, str]) -> None:
    browser.client.base_url = "https://testserver"
    answer = browser.sign_in("demo.haddad", logins["demo.haddad"])
    cookie = [value for value in answer.headers.get_list("set-cookie") if value.startswith("lotse_session=")][0]
    assert cookie.endswith("; Secure")


@pytest.mark.parametrize("login", ["demo.haddad", "nobody"])
def test_sign_in_failing_says_the_same_for_all(browser: Browser, login: str) -> None:
    answer = browser.sign_in(login, "wrong")
    assert answer.status_code == 401
    assert answer.text.count("Anmeldung nicht möglich. Prüfen Sie Benutzername und Passwort.") == 1


def test_sign_in_after_five_wrong_tries_must_wait(browser: Browser, logins: dict[str, str], clock: HandClock) -> None:
    assert [browser.sign_in("demo.haddad", "wrong").status_code for _ in range(5)] == [401] * 5
    assert browser.sign_in("demo.haddad", logins["demo.haddad"]).status_code == 429
    assert browser.sign_in("demo.yildiz", logins["demo.yildiz"]).status_code == 303
    clock.move(minutes=10)
    assert browser.sign_in("demo.haddad", logins["demo.haddad"]).status_code == 303


def test_sign_in_that_worked_forgets_wrong_tries(browser: Browser, logins: dict[str, str]) -> None:
    for _ in range(2):
        assert [browser.sign_in("demo.haddad", "wrong").status_code for _ in range(4)] == [401] * 4
        assert browser.sign_in("demo.haddad", logins["demo.haddad"]).status_code == 303


@pytest.mark.parametrize("token", ["", "x" * 64])
def test_sign_in_without_form_token_is_refused(browser: Browser, logins: dict[str, str], token: str) -> None:
    browser.get("/anmelden")
    answer = browser.post("/anmelden", login="demo.haddad", password=logins["demo.haddad"], form_token=token)
    assert (answer.status_code, "lotse_session" in browser.client.cookies) == (403, False)


@pytest.mark.parametrize(
    ("target", "location"),
    [("/kalender?woche=2026-W48", "/kalender?woche=2026-W48"), ("//evil.example", "/"), ("https://evil.example", "/")],
)
def test_sign_in_leads_back_to_our_pages_only(
    browser: Browser, logins: dict[str, str], target: str, location: str
) -> None:
    browser.get("/anmelden")
    answer = browser.post("/anmelden", login="demo.haddad", password=logins["demo.haddad"], weiter=target)
    assert answer.headers["location"] == location


@pytest.mark.parametrize("path", PERSONAL_PAGES)
def test_page_without_session_leads_to_sign_in(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/anmelden")


def test_sign_out_ends_the_session_for_copies_of_the_cookie(browser: Browser, logins: dict[str, str]) -> None:
    browser.sign_in("demo.haddad", logins["demo.haddad"])
    copied = browser.client.cookies["lotse_session"]
    browser.get("/")
    assert browser.post("/abmelden").status_code == 303
    browser.client.cookies.set("lotse_session", copied)
    assert browser.get("/").status_code == 303


def test_session_ends_after_ten_hours(browser: Browser, logins: dict[str, str], clock: HandClock) -> None:
    browser.sign_in("demo.haddad", logins["demo.haddad"])
    clock.move(hours=10)
    assert browser.get("/").status_code == 303


def test_session_cookie_that_was_changed_is_refused(browser: Browser, logins: dict[str, str]) -> None:
    browser.sign_in("demo.haddad", logins["demo.haddad"])
    cookie = browser.client.cookies["lotse_session"]
    browser.client.cookies.clear()
    browser.client.cookies.set("lotse_session", "A" + cookie[1:])
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize("path", ["/abmelden", "/faelle/{id}/entscheidung", "/faelle/{id}/deutsch"])
def test_form_without_token_changes_nothing(browser: Browser, api: Api, logins: dict[str, str], path: str) -> None:
    document = intake()
    api.put_intake(document)
    browser.sign_in("demo.haddad", logins["demo.haddad"])
    browser.open_case(document["external_id"])
    fields = {"version": "1", "decision": "counselling:one_topic", "german": "x", "form_token": "wrong"}
    answer = browser.post(path.format(id=document["external_id"]), **fields)
    assert answer.status_code == 403
    assert browser.open_case(document["external_id"]) == "1"
    assert api.call("GET", f"/intakes/{document['external_id']}").json()["state"] == "received"


def test_coordination_sees_figures_and_no_cases(browser: Browser, api: Api, logins: dict[str, str]) -> None:
    document = intake()
    api.put_intake(document)
    browser.sign_in("demo.koordination", logins["demo.koordination"])
    assert browser.get("/").headers["location"] == "/uebersicht"
    assert [browser.get(path).status_code for path in ("/uebersicht", "/sprachmittlung")] == [200, 200]
    assert browser.get(f"/faelle/{document['external_id']}").status_code == 403
    assert browser.get("/kalender").status_code == 403


def test_overview_hides_small_figures(browser: Browser, api: Api, logins: dict[str, str]) -> None:
    for _ in range(5):
        api.put_intake(intake())
    api.put_intake(intake(person__language__value="ti", needs__areas__values=["housing"]))
    browser.sign_in("demo.koordination", logins["demo.koordination"])
    page = browser.get("/uebersicht").text
    assert ">6</td>" in page
    assert page.count("unter 5</span>") == 1


def test_pages_carry_security_headers(browser: Browser) -> None:
    headers = browser.get("/anmelden").headers
    assert headers["content-security-policy"].split("; ")[:2] == ["default-src 'self'", "frame-ancestors 'none'"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


def test_static_files_may_be_stored(browser: Browser) -> None:
    answer = browser.get("/static/staff.css")
    assert (answer.status_code, answer.headers.get("cache-control")) == (200, None)


def test_unknown_page_answers_a_page(browser: Browser) -> None:
    answer = browser.get("/nirgends")
    assert (answer.status_code, "Nicht gefunden" in answer.text) == (404, True)
