"""Taking in intakes (contracts/backend-v1.openapi.yml, intake-v1.schema.json)."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from support import TOKEN, Api, intake, without_postgresql

from casebackend.context import AppContext
from casebackend.models import Intake


def _stored(context: AppContext, document: dict[str, Any]) -> dict[str, Any]:
    with context.database.read() as session:
        return session.get_one(Intake, UUID(document["external_id"])).payload


def test_put_intake_new_answers_201_with_status(api: Api, context: AppContext) -> None:
    document = intake()
    answer = api.put_intake(document)
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "external_id": document["external_id"],
            "state": "received",
            "reason": None,
            "changed_at": "2026-11-23T09:00:00+01:00",
            "appointment": None,
        },
    )
    assert list(context.contracts.component("Status").iter_errors(answer.json())) == []
    assert _stored(context, document) == document


def test_put_intake_twice_answers_200_and_changes_nothing(api: Api) -> None:
    document = intake()
    first, second = api.put_intake(document), api.put_intake(document)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_put_intake_with_keys_in_other_order_is_the_same_content(api: Api) -> None:
    document = intake()
    api.put_intake(document)
    assert api.put_intake(dict(reversed(document.items()))).status_code == 200


def test_put_intake_same_revision_other_content_is_refused(api: Api, context: AppContext) -> None:
    document = intake()
    api.put_intake(document)
    answer = api.put_intake(document | {"appointment_wish": False})
    assert (answer.status_code, answer.json()["code"]) == (409, "revision_conflict")
    assert answer.headers["content-type"] == "application/problem+json"
    assert _stored(context, document) == document


def test_put_intake_higher_revision_replaces_content(api: Api, context: AppContext) -> None:
    document = intake()
    api.put_intake(document)
    newer = document | {"revision": 3, "appointment_wish": False}
    assert api.put_intake(newer).status_code == 200
    assert _stored(context, document) == newer


def test_put_intake_lower_revision_changes_nothing(api: Api, context: AppContext) -> None:
    document = intake(revision=2)
    api.put_intake(document)
    assert api.put_intake(document | {"revision": 1, "appointment_wish": False}).status_code == 200
    assert _stored(context, document) == document


def test_put_intake_at_once_is_created_once(api: Api) -> None:
    document = intake()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.put_intake(document).status_code, range(16)))
    assert sorted(answers) == [200] * 15 + [201]


def test_get_intake_unknown_answers_404(api: Api) -> None:
    answer = api.call("GET", f"/intakes/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_intake")


def test_get_intake_shows_appointment_confirmed_before_it_arrived(api: Api, context: AppContext) -> None:
    document = intake()
    booked = api.book(external_id=document["external_id"])
    api.put_intake(document)
    status = api.call("GET", f"/intakes/{document['external_id']}").json()
    assert status["appointment"] == booked
    assert list(context.contracts.component("Status").iter_errors(status)) == []


@without_postgresql
@pytest.mark.parametrize("header", [None, "Bearer wrong", f"Basic {TOKEN}", "Bearer ", TOKEN, "Bearer tökén"])
def test_api_without_our_token_answers_401(api: Api, header: str | None) -> None:
    headers = {"Authorization": header.encode()} if header else {}
    for method, path in [("PUT", f"/intakes/{uuid4()}"), ("GET", "/slots"), ("DELETE", f"/appointments/{uuid4()}")]:
        answer = api.client.request(method, f"/api/v1{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")


@without_postgresql
def test_put_intake_over_256_kib_answers_413(api: Api) -> None:
    def chunks() -> Any:
        for _ in range(300):
            yield b" " * 1024

    path = f"/intakes/{uuid4()}"
    for body in (b" " * (256 * 1024 + 1), chunks()):
        answer = api.call("PUT", path, content=body)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert api.call("PUT", path, content=b" " * (256 * 1024)).status_code == 422


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "version": ({"version": "intake-v2"}, "version"),
    "unknown key": ({"nationality": "x"}, ""),
    "external id": ({"external_id": "not-a-uuid"}, "external_id"),
    "revision 0": ({"revision": 0}, "revision"),
    "revision text": ({"revision": "1"}, "revision"),
    "revision huge": ({"revision": 2**63}, "revision"),
    "time without zone": ({"submitted_at": "2026-11-23T08:55:00"}, "submitted_at"),
    "time out of range": ({"submitted_at": "0001-01-01T00:00:00+14:00"}, "submitted_at"),
    "no time": ({"submitted_at": "20261123"}, "submitted_at"),
    "tenant": ({"tenant": "Düsseldorf"}, "tenant"),
    "channel": ({"channel": "fax"}, "channel"),
    "language": ({"conversation_language": "Arabic"}, "conversation_language"),
    "name too long": ({"person__name__original": "x" * 2001}, "person.name.original"),
    "name key": ({"person__name__note": "x"}, "person.name"),
    "name with NUL": ({"person__name__original": "a\x00b"}, "person.name.original"),
    "surrogate": ({"person__name__original": "\ud800"}, "person.name.original"),
    "contact kind": ({"person__contact__kind": "fax"}, "person.contact.kind"),
    "contact too long": ({"person__contact__value": "1" * 321}, "person.contact.value"),
    "provenance": ({"person__language__provenance": "guessed"}, "person.language.provenance"),
    "language original": ({"person__language__original": "x" * 201}, "person.language.original"),
    "boolean": ({"person__interpreter_needed__value": "no"}, "person.interpreter_needed.value"),
    "areas twice": ({"needs__areas__values": ["work", "work"]}, "needs.areas.values"),
    "area code": ({"needs__areas__values": ["Work"]}, "needs.areas.values.0"),
    "no consent": ({"consents": []}, "consents"),
    "signal": ({"signals": [{"code": "several_areas"}]}, "signals.0"),
    "wish": ({"appointment_wish": None}, "appointment_wish"),
}


@without_postgresql
@pytest.mark.parametrize("name", WRONG)
def test_put_intake_breaking_a_rule_names_the_place(api: Api, name: str) -> None:
    changes, path = WRONG[name]
    document = intake(**changes)
    target = document["external_id"] if name != "external id" else uuid4()
    answer = api.call("PUT", f"/intakes/{target}", content=json.dumps(document))
    assert (answer.status_code, answer.json()["code"]) == (422, "schema_violation")
    assert path in [error["path"] for error in answer.json()["errors"]]


@without_postgresql
@pytest.mark.parametrize("key", list(intake()))
def test_put_intake_without_required_key_is_refused(api: Api, key: str) -> None:
    document = intake()
    target = document["external_id"]
    del document[key]
    answer = api.call("PUT", f"/intakes/{target}", json=document)
    assert (answer.status_code, answer.json()["code"]) == (422, "schema_violation")


@without_postgresql
@pytest.mark.parametrize(
    "change", [{"purpose": "marketing"}, {"text_hash": "x"}, {"granted_at": "now"}, {"consent_id": "1"}]
)
def test_put_intake_with_unsound_consent_is_refused(api: Api, change: dict[str, str]) -> None:
    document = intake()
    document["consents"].append(document["consents"][0] | change)
    assert api.put_intake(document).status_code == 422


@without_postgresql
def test_put_intake_without_consent_to_intake_is_refused(api: Api) -> None:
    document = intake()
    document["consents"][0]["purpose"] = "appointment"
    answer = api.put_intake(document)
    assert [error["path"] for error in answer.json()["errors"]] == ["consents"]


@without_postgresql
@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"NaN", b"[" * 100_000, b"[]", b'"x"'])
def test_put_intake_that_is_no_document_is_refused(api: Api, body: bytes) -> None:
    answer = api.call("PUT", f"/intakes/{uuid4()}", content=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "schema_violation")


@without_postgresql
def test_put_intake_under_another_id_is_refused(api: Api) -> None:
    answer = api.call("PUT", f"/intakes/{uuid4()}", json=intake())
    assert [error["path"] for error in answer.json()["errors"]] == ["external_id"]


@without_postgresql
def test_refusal_never_quotes_the_value(api: Api) -> None:
    answer = api.put_intake(intake(person__contact__kind="geheim-0815", person__name__original="x" * 2001))
    assert ("geheim" in answer.text, "xxx" in answer.text) == (False, False)


@without_postgresql
@pytest.mark.parametrize("path", ["/nowhere", "/intakes/no-uuid"])
def test_api_wrong_address_answers_problem(api: Api, path: str) -> None:
    answer = api.call("GET", path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == (404 if path == "/nowhere" else 422)
