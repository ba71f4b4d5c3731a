"""The database: engine, transactions, and the check that it is there and migrated."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker


class DatabaseNotReady(Exception):
    """The database cannot be reached or is not migrated; the text says which, without the address."""


class Database:
    """Transactions of one database, SQLite or PostgreSQL.

    SQLite writers queue at the start of their transaction (BEGIN IMMEDIATE), so that what a writer has read cannot
    change before it writes. PostgreSQL writers lock the rows they decide on (SELECT ... FOR UPDATE).
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        arguments: dict[str, Any] = {}
        if parsed.get_backend_name() == "sqlite":
            arguments["timeout"] = 30
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        elif parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        # hide_parameters: bound values are personal data and would end up in error texts.
        self.engine = create_engine(parsed, connect_args=arguments, hide_parameters=True, pool_pre_ping=True)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._read = sessionmaker(self.engine)
        self._write = sessionmaker(self.engine.execution_options(lotse_write=True))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only looks."""
        with self._read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is committed at the end, or rolled back if an error leaves it."""
        with self._write.begin() as session:
            yield session

    @contextmanager
    def erase(self) -> Iterator[Session]:
        """A transaction that deletes for good: what SQLite wrote ahead holds no copy afterwards either."""
        with self.write() as session:
            yield session
        if self.engine.dialect.name == "sqlite":
            with closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def migrate(self) -> None:
        """Bring the schema to the newest migration."""
        configuration = _alembic_config()
        with self.engine.execution_options(lotse_write=True).begin() as connection:
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")

    def ping(self) -> None:
        """Ask the database for an answer.

        Raises:
            DatabaseNotReady: there is none.
        """
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseNotReady("the database cannot be reached") from error

    def require_migrated(self) -> None:
        """Check that the schema is the one this code was written for.

        Raises:
            DatabaseNotReady: the database cannot be reached, or has another schema.
        """
        self.ping()
        heads = set(ScriptDirectory.from_config(_alembic_config()).get_heads())
        with self.engine.connect() as connection:
            if set(MigrationContext.configure(connection).get_current_heads()) != heads:
                raise DatabaseNotReady("the database is not migrated, run: python -m casebackend migrate")

    def close(self) -> None:
        self.engine.dispose()


def _alembic_config() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", "casebackend:migrations")
    return configuration


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would otherwise begin transactions on its own, and later than we mean.
    connection.isolation_level = None
    # What is deleted is overwritten, not only forgotten.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("lotse_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
