"""A migrated database with demo staff for each test, on SQLite and a real PostgreSQL, and a clock set by hand."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from support import TOKEN, Api

from casebackend.config import Settings
from casebackend.context import AppContext
from casebackend.db import Database
from casebackend.demo import load_demo
from casebackend.main import create_app
from casebackend.municipality import load_municipality

# A Monday, 9:00 in Düsseldorf.
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class HandClock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class Template:
    """A database that has been filled once, and how to copy it."""

    copy: Callable[[Path], str]
    logins: dict[str, str]


def _settings(url: str) -> Settings:
    return Settings(
        token=TOKEN, session_secret="test-secret", municipality=load_municipality("duesseldorf"), database_url=url
    )


def _fill(url: str) -> dict[str, str]:
    database = Database(url)
    database.migrate()
    with database.write() as session:
        logins = load_demo(session, _settings(url), START)
    database.close()
    return {login["user"]: login["password"] for login in logins}


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    source = tmp_path_factory.mktemp("sqlite") / "template.db"
    logins = _fill(f"sqlite:///{source}")

    def copy(folder: Path) -> str:
        shutil.copy(source, folder / "backend.db")
        return f"sqlite:///{folder / 'backend.db'}"

    return Template(copy, logins)


@pytest.fixture(scope="session")
def postgres_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own in a folder of its own, reached through a socket; it ends with the tests."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        if os.environ.get("LOTSE_TESTS_COMPLETE"):
            pytest.fail("the PostgreSQL binaries should be here")
        pytest.skip("needs the PostgreSQL binaries; make setup-dev installs them")
    folder = Path("/tmp") / f"lotse-pg-{uuid4().hex[:8]}"  # noqa: S108 -- socket paths must be short
    folder.mkdir(mode=0o700)
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(program: str, *arguments: str) -> None:
        command = [str(binaries[-1] / program), *arguments]
        subprocess.run(command, user=user, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    run("initdb", "-D", f"{folder}/data", "-U", "lotse", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=60"
    run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
    try:
        yield f"postgresql://lotse@/%s?host={folder}"
    finally:
        run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_template(postgres_address: str) -> Template:
    def create(name: str, source: str) -> str:
        with psycopg.connect(postgres_address % "postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}".encode())
        return postgres_address % name

    logins = _fill(create("filled", "template0"))
    return Template(lambda _folder: create(f"t{uuid4().hex}", "filled"), logins)


@pytest.fixture(params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest) -> Template:
    """Tests that use the database run on both, but for those marked `support.without_postgresql`."""
    name = "sqlite_template" if request.param == "sqlite" else "postgres_template"
    found: Template = request.getfixturevalue(name)
    return found


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def settings(template: Template, tmp_path: Path) -> Settings:
    return _settings(template.copy(tmp_path))


@pytest.fixture
def client(settings: Settings, clock: HandClock) -> Iterator[TestClient]:
    with TestClient(create_app(settings, clock), follow_redirects=False) as client:
        yield client


@pytest.fixture
def context(client: TestClient) -> AppContext:
    found: AppContext = client.app.state.context  # type: ignore[attr-defined]
    return found


@pytest.fixture
def api(client: TestClient) -> Api:
    return Api(client)


@pytest.fixture
def logins(template: Template) -> dict[str, str]:
    return template.logins
