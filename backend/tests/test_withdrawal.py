"""Taking consents back (contracts/backend-v1.openapi.yml): what falls away, and that nothing is left of what does."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from support import Api, intake, without_postgresql, work_on

from casebackend.context import AppContext
from casebackend.models import Base

CANARY = "Kanarienvogel"


def take_back(api: Api, case: str, purpose: str) -> tuple[int, dict[str, Any]]:
    answer = api.call("DELETE", f"/intakes/{case}/consents/{purpose}")
    return answer.status_code, answer.json()


def state(api: Api, case: str) -> dict[str, Any]:
    found: dict[str, Any] = api.call("GET", f"/intakes/{case}").json()
    return found


@pytest.fixture
def case(api: Api) -> str:
    """A case with a provisional appointment, for which an interpreter is asked for."""
    document = intake(person__name__original=CANARY)
    consent = document["consents"][0]
    document["consents"] += [consent | {"purpose": "appointment"}, consent | {"purpose": "interpreter"}]
    api.put_intake(document)
    api.book(language="ti", external_id=document["external_id"])
    return str(document["external_id"])


def test_intake_withdrawn_leaves_a_mark_and_no_column_of_any_table_names_the_case(
    api: Api, client: TestClient, context: AppContext, logins: dict[str, str], case: str
) -> None:
    work_on(client, logins, case, CANARY)
    assert take_back(api, case, "intake") == (
        200,
        {"case": "erased", "appointment": "cancelled", "interpreter": "cancelled"},
    )
    with context.database.read() as session:
        rows = {
            table.name: str(session.execute(table.select()).fetchall())
            for table in Base.metadata.sorted_tables
            if table.name != "withdrawn_intake"
        }
        marks = session.execute(text("SELECT count(*) FROM withdrawn_intake")).scalar()
    traces = (CANARY, case, case.replace("-", ""))
    assert {name for name, row in rows.items() if any(trace in row for trace in traces)} == set()
    assert marks == 1
    assert (state(api, case)["state"], state(api, case)["reason"]) == ("withdrawn", "by_person")
    assert list(context.contracts.component("Status").iter_errors(state(api, case))) == []


def test_withdrawn_intake_is_not_taken_in_again(api: Api) -> None:
    document = intake()
    assert take_back(api, document["external_id"], "intake") == (
        200,
        {"case": "none", "appointment": "none", "interpreter": "none"},
    )
    refused = api.put_intake(document)
    assert (refused.status_code, refused.json()["code"]) == (410, "withdrawn")


def test_intake_withdrawn_twice_is_still_erased(api: Api, case: str) -> None:
    take_back(api, case, "intake")
    assert take_back(api, case, "intake")[1]["case"] == "erased"


def test_appointment_withdrawn_frees_the_time_and_keeps_the_case(api: Api, context: AppContext, case: str) -> None:
    taken = state(api, case)["appointment"]["slot_id"]
    answer = take_back(api, case, "appointment")
    assert answer == (200, {"case": "kept", "appointment": "cancelled", "interpreter": "cancelled"})
    assert list(context.contracts.component("Withdrawal").iter_errors(answer[1])) == []
    assert (state(api, case)["state"], state(api, case)["appointment"]["state"]) == ("received", "cancelled")
    assert api.hold(taken, language="ti").status_code == 201


def test_interpreter_withdrawn_keeps_the_appointment(api: Api, case: str) -> None:
    assert take_back(api, case, "interpreter") == (
        200,
        {"case": "kept", "appointment": "kept", "interpreter": "cancelled"},
    )
    appointment = state(api, case)["appointment"]
    assert (appointment["state"], appointment["interpreter"]) == ("confirmed", "not_needed")


def test_staff_see_only_the_consents_that_hold(
    api: Api, client: TestClient, context: AppContext, logins: dict[str, str], case: str
) -> None:
    take_back(api, case, "appointment")
    with context.database.read() as session:
        payloads = session.execute(Base.metadata.tables["intake"].select()).fetchall()
    (row,) = [row for row in payloads if str(row.external_id) == case]
    assert [consent["purpose"] for consent in row.payload["consents"]] == ["intake"]
    assert row.payload["appointment_wish"] is False


def test_a_part_of_a_case_that_has_not_arrived_is_tried_again_later(api: Api) -> None:
    status, problem = take_back(api, str(uuid4()), "appointment")
    assert (status, problem["code"]) == (404, "unknown_intake")


def test_unknown_purpose_is_refused(api: Api, case: str) -> None:
    assert api.call("DELETE", f"/intakes/{case}/consents/everything").status_code == 422


# PostgreSQL overwrites with VACUUM (docs/privacy.md).
@without_postgresql
def test_intake_withdrawn_leaves_no_byte_in_the_files_of_sqlite(api: Api, context: AppContext, tmp_path: Path) -> None:
    file = Path(str(context.database.engine.url.database))

    def kept() -> set[str]:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(tmp_path / "backup")) as backup:
            source.backup(backup)
        files = [*file.parent.glob(f"{file.name}*"), tmp_path / "backup"]
        return {path.name for path in files if CANARY.encode() in path.read_bytes()}

    document = intake(person__name__original=CANARY)
    api.put_intake(document)
    assert "backup" in kept()
    take_back(api, str(document["external_id"]), "intake")
    assert kept() == set()
