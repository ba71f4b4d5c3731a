"""Starting, health, migrations, demo data, erasure, and logs without personal data."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from conftest import START
from fastapi.testclient import TestClient
from sqlalchemy import text
from support import TOKEN, Api, Browser, intake, work_on

from casebackend.__main__ import main
from casebackend.config import Settings, SettingsError
from casebackend.context import AppContext
from casebackend.demo import RealStaffPresent, load_demo
from casebackend.main import create_app
from casebackend.models import Base, StaffMember
from casebackend.staff.access import hash_password

CANARY = "Kanarienvogel-7731"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("LOTSE_BACKEND_TOKEN", TOKEN)
    monkeypatch.setenv("LOTSE_BACKEND_SESSION_SECRET", "test-secret")
    monkeypatch.setenv("LOTSE_BACKEND_DATABASE_URL", f"sqlite:///{tmp_path / 'new' / 'backend.db'}")
    yield monkeypatch


@pytest.mark.parametrize("name", ["LOTSE_BACKEND_TOKEN", "LOTSE_BACKEND_SESSION_SECRET"])
def test_start_without_secret_names_the_variable(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    environment.delenv(name)
    assert (main(["serve"]), capsys.readouterr().err) == (1, f"casebackend: {name} must be set\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [("LOTSE_BACKEND_PORT", "x"), ("LOTSE_MUNICIPALITY", "../x"), ("LOTSE_CONTRACTS_DIR", "/nowhere")],
)
def test_settings_unusable_name_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({"LOTSE_BACKEND_TOKEN": "t", "LOTSE_BACKEND_SESSION_SECRET": "s", name: value})


def test_serve_without_migration_says_what_to_do(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve"]) == 1
    expected = "casebackend: the database is not migrated, run: python -m casebackend migrate\n"
    assert capsys.readouterr().err == expected


def test_serve_without_database_says_so(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    environment.setenv("LOTSE_BACKEND_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    assert (main(["serve"]), capsys.readouterr().err) == (1, "casebackend: the database cannot be reached\n")


def test_demo_twice_prints_the_same_logins(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["migrate"]), main(["migrate"]), main(["demo"]), main(["demo"])] == [0, 0, 0, 0]
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == second
    assert [login["role"] for login in first] == ["case_manager"] * 3 + ["coordination"]


def test_demo_beside_real_staff_is_refused(context: AppContext) -> None:
    with context.database.write() as session:
        real = {"login": "a", "name": "A", "role": "coordination", "password_hash": hash_password("x"), "demo": False}
        session.add(StaffMember(**real))
    with pytest.raises(RealStaffPresent), context.database.write() as session:
        load_demo(session, context.settings, START)


def test_migrations_make_exactly_the_tables_of_the_models(context: AppContext) -> None:
    with context.database.engine.connect() as connection:
        migration = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(migration, Base.metadata) == []


def test_health_with_database_is_ok(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_health_without_database_answers_503(client: TestClient, context: AppContext, settings: Settings) -> None:
    broken = create_app(
        Settings(
            token=TOKEN,
            session_secret="test-secret",
            municipality=settings.municipality,
            database_url="postgresql://nobody@127.0.0.1:1/none?connect_timeout=2",
        )
    )
    with TestClient(broken) as unreachable:
        assert unreachable.get("/healthz").status_code == 503


def test_erase_leaves_nothing_of_a_case(
    api: Api, client: TestClient, context: AppContext, logins: dict[str, str], environment: pytest.MonkeyPatch
) -> None:
    document = intake(person__name__original=CANARY)
    case = document["external_id"]
    api.put_intake(document)
    api.book(language="ti", external_id=case)
    work_on(client, logins, case, CANARY)
    environment.setenv("LOTSE_BACKEND_DATABASE_URL", context.settings.database_url)
    assert [main(["erase", case]), main(["erase", case])] == [0, 1]
    tables = ["intake", "state_change", "german_version", "appointment", "interpreter_request"]
    with context.database.read() as session:
        assert [session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables] == [0] * 5  # noqa: S608


def test_logs_hold_no_personal_data(
    api: Api, client: TestClient, context: AppContext, logins: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy.engine", "uvicorn", "casebackend", "alembic"):
        caplog.set_level(logging.INFO, logger=name)
    document = intake(person__name__original=CANARY, needs__goal__original=CANARY)
    api.put_intake(document)
    api.put_intake(document | {"appointment_wish": False})
    api.put_intake(intake(person__contact__kind=CANARY))
    api.book(external_id=document["external_id"])
    browser = Browser(client)
    browser.sign_in(CANARY, CANARY)
    browser.sign_in("demo.haddad", logins["demo.haddad"])
    browser.get("/", params={"suche": CANARY})
    version = browser.open_case(document["external_id"])
    browser.post(f"/faelle/{document['external_id']}/entscheidung", version=version, decision="x", note=CANARY)
    browser.post(f"/faelle/{document['external_id']}/deutsch", german=CANARY)
    with context.database.write() as session:
        session.execute(text("DROP TABLE german_version"))
    broken = browser.get(f"/faelle/{document['external_id']}")
    assert (broken.status_code, "Etwas ist schiefgegangen" in broken.text) == (500, True)
    with context.database.write() as session:
        session.execute(text("DROP TABLE state_change"))
        session.execute(text("ALTER TABLE intake RENAME TO elsewhere"))
    assert api.put_intake(intake(person__name__original=CANARY)).json()["code"] == "internal_error"
    written = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert [line for line in written if CANARY in line or document["external_id"] in line] == []
    assert len([line for line in written if line.startswith("incident ")]) == 2
