"""What tests share: a caller of the API, an example intake, and a browser without eyes."""

import copy
import re
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx import Response

# For tests in which the database has no say.
without_postgresql = pytest.mark.parametrize("template", ["sqlite"], indirect=True)

TOKEN = "test-token"
GOAL = "أريد أن أجد شقة لعائلتي"
NAME = "ليلى حسن"


def intake(**changes: Any) -> dict[str, Any]:
    """An intake in Arabic; `changes` name paths such as person__name."""
    document: dict[str, Any] = copy.deepcopy(_INTAKE) | {"external_id": str(uuid4())}
    for path, value in changes.items():
        target, parts = document, path.split("__")
        for part in parts[:-1]:
            target = target[part]
        target[parts[-1]] = value
    return document


class Api:
    """Calls the API as the assistant does."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def call(self, method: str, path: str, **arguments: Any) -> Response:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **arguments)

    def put_intake(self, document: dict[str, Any]) -> Response:
        return self.call("PUT", f"/intakes/{document['external_id']}", json=document)

    def slots(self, language: str = "ar", interpreter: bool = True, **query: Any) -> list[dict[str, Any]]:
        answer = self.call("GET", "/slots", params={"language": language, "interpreter": interpreter, **query})
        assert answer.status_code == 200
        slots: list[dict[str, Any]] = answer.json()["slots"]
        return slots

    def hold(
        self,
        slot_id: str,
        *,
        appointment_id: str | None = None,
        external_id: str | None = None,
        language: str = "ar",
        interpreter: bool = True,
    ) -> Response:
        body = {
            "slot_id": slot_id,
            "external_id": external_id or str(uuid4()),
            "language": language,
            "interpreter": interpreter,
        }
        return self.call("PUT", f"/appointments/{appointment_id or uuid4()}", json=body)

    def book(self, **hold: Any) -> dict[str, Any]:
        """Hold and confirm the first slot that suits."""
        slot = self.slots(hold.get("language", "ar"), hold.get("interpreter", True), limit=1)[0]
        held = self.hold(slot["slot_id"], **hold).json()
        booked: dict[str, Any] = self.call("POST", f"/appointments/{held['appointment_id']}/confirm").json()
        return booked


class Browser:
    """Somebody at the staff pages: keeps cookies and sends the forms of the page last seen."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.page: Response | None = None

    def get(self, path: str, **arguments: Any) -> Response:
        self.page = self.client.get(path, **arguments)
        return self.page

    def post(self, path: str, **fields: Any) -> Response:
        """Send a form with the token of the page last seen, unless another one is given."""
        assert self.page is not None
        tokens = re.findall(r'name="form_token" value="([^"]*)"', self.page.text)
        answer = self.client.post(path, data={"form_token": tokens[0] if tokens else "", **fields})
        if answer.status_code != 303:
            self.page = answer
        return answer

    def sign_in(self, login: str, password: str) -> Response:
        self.get("/anmelden")
        return self.post("/anmelden", login=login, password=password)

    def open_case(self, external_id: str) -> str:
        """Look at a case. Returns the version its form carries."""
        page = self.get(f"/faelle/{external_id}")
        found = re.search(r'name="version" value="(\d+)"', page.text)
        assert found is not None
        return found[1]


def work_on(client: TestClient, logins: dict[str, str], case: str, words: str) -> None:
    """A case manager decides on a case with a note, and writes the wish in German: both say ``words``."""
    browser = Browser(client)
    browser.sign_in("demo.haddad", logins["demo.haddad"])
    version = browser.open_case(case)
    browser.post(f"/faelle/{case}/entscheidung", version=version, decision="counselling:one_topic", note=words)
    browser.open_case(case)
    browser.post(f"/faelle/{case}/deutsch", german=words)


_INTAKE: dict[str, Any] = {
    "version": "intake-v1",
    "revision": 1,
    "submitted_at": "2026-11-23T08:55:00+01:00",
    "tenant": "duesseldorf",
    "channel": "web",
    "conversation_language": "ar",
    "person": {
        "name": {"value": None, "original": NAME, "original_language": "ar", "provenance": "said"},
        "contact": {"kind": "phone", "value": "+4915112345678", "original": "0151 12345678", "provenance": "said"},
        "language": {"value": "ar", "original": None, "provenance": "chosen"},
        "interpreter_needed": {"value": None, "provenance": "skipped"},
    },
    "needs": {
        "areas": {"values": ["housing", "health"], "provenance": "chosen"},
        "helpers": {"values": ["jobcenter"], "provenance": "chosen"},
        "goal": {"value": None, "original": GOAL, "original_language": "ar", "provenance": "said"},
    },
    "consents": [
        {
            "consent_id": "7e0f2a1c-5a57-4b0e-9a3e-1f2d3c4b5a69",
            "purpose": "intake",
            "recipient": "Case Management Düsseldorf (Demo)",
            "text_id": "consent-intake-1",
            "text_hash": "0" * 64,
            "language_shown": "ar",
            "granted_at": "2026-11-23T08:50:00+01:00",
            "channel": "web",
        }
    ],
    "signals": [{"code": "several_areas", "because": ["housing", "health"]}],
    "appointment_wish": True,
}
