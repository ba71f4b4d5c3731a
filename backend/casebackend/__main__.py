"""Command line: migrate, demo, serve, erase."""

import argparse
import json
import os
import sys
from contextlib import closing
from uuid import UUID

import uvicorn

from casebackend.clock import utc_now
from casebackend.config import Settings, SettingsError
from casebackend.db import Database, DatabaseNotReady
from casebackend.demo import RealStaffPresent, load_demo
from casebackend.errors import UnknownIntake
from casebackend.intakes.service import erase
from casebackend.main import create_app


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns the exit status; what went wrong is one line on stderr."""
    parser = argparse.ArgumentParser(prog="casebackend", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database to the newest schema")
    commands.add_parser("demo", help="make demo staff and slots; prints their logins as JSON")
    commands.add_parser("serve", help="serve API and staff pages")
    commands.add_parser("erase", help="delete a case for good").add_argument("external_id", type=UUID)
    chosen = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment(os.environ)
        with closing(Database(settings.database_url)) as database:
            _run(chosen, settings, database)
    except (SettingsError, DatabaseNotReady) as error:
        return _fail(str(error))
    except RealStaffPresent:
        return _fail("the database has real staff, demo data would open a door to it")
    except UnknownIntake:
        return _fail("nothing is kept under this id")
    return 0


def _run(chosen: argparse.Namespace, settings: Settings, database: Database) -> None:
    if chosen.command == "migrate":
        database.ping()
        database.migrate()
        return
    database.require_migrated()
    if chosen.command == "serve":
        _serve(settings)
        return
    if chosen.command == "demo":
        with database.write() as session:
            print(json.dumps(load_demo(session, settings, utc_now()), ensure_ascii=False))
        return
    with database.erase() as session:
        erase(session, chosen.external_id)


def _serve(settings: Settings) -> None:
    # No access log: addresses hold searches, and searches hold names.
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, access_log=False, server_header=False)


def _fail(message: str) -> int:
    print(f"casebackend: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
