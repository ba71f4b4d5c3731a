"""Database servers of the tests' own: real ones, in a folder of their own, gone with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
import sqlalchemy as sa


def missing(program: str) -> NoReturn:
    """Skip what cannot run here; ``make test`` installs everything, so there it is a failure that it cannot."""
    if os.environ.get("LOTSE_TESTS_COMPLETE"):
        pytest.fail(f"{program} should be here")
    pytest.skip(f"needs {program}; make setup-dev installs it")


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty server, ``%s`` for the name of a database; reached through a socket."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        missing("the PostgreSQL binaries")
    # A socket's path must be short, and PostgreSQL refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="lotse-", dir="/tmp"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(program: str, *arguments: str) -> None:
        command = [str(binaries[-1] / program), *arguments]
        subprocess.run(command, user=user, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    run("initdb", "-D", f"{folder}/data", "-U", "lotse", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
    try:
        yield f"postgresql://lotse@/%s?host={folder}"
    finally:
        run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def new_database(server: str, name: str) -> str:
    """The address of a new, empty database."""
    engine = sa.create_engine(server % "postgres", future=True, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server % name


@contextmanager
def redis_server() -> Iterator[str]:
    """The address of an empty Redis server; reached through a socket."""
    binary = shutil.which("redis-server")
    if binary is None:
        missing("redis-server")
    folder = Path(tempfile.mkdtemp(prefix="lotse-", dir="/tmp"))
    path = folder / "redis"
    options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen([binary, *options], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while not path.exists():
            assert time.monotonic() < deadline, "redis-server does not start"
            time.sleep(0.02)
        yield f"unix://{path}"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)
