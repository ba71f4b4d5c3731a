"""Engines for what the bot keeps: SQLite for one machine, PostgreSQL otherwise. SQLAlchemy 2 style on 1.4, which Rasa pins."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

WAIT_SECONDS = 5
"""How long a statement waits for another process, or for a server that does not answer."""


def connect(url: str, durable: bool = True) -> sa.engine.Engine:
    """An engine that tells a dead connection and never waits for ever. Raises SQLAlchemyError, ImportError, ValueError.

    What is not ``durable`` may lose its last moments in a power cut; no process that is killed loses anything.
    """
    address = sa.engine.make_url(url)
    # Connections are kept, also to a file; the purge, in a thread of its own, may get one that a turn has used.
    sqlite = address.get_backend_name() == "sqlite"
    options = {"check_same_thread": False} if sqlite else {"connect_timeout": WAIT_SECONDS}
    engine = sa.create_engine(address, future=True, pool_pre_ping=not sqlite, poolclass=QueuePool, connect_args=options)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        # The driver's own BEGIN is late and shared: two writers could both read first and then block each other.
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(_begin(connection)))
    elif engine.dialect.name == "postgresql":
        sa.event.listen(engine, "connect", _prepare_postgresql(durable))
    else:
        raise ValueError(f"neither SQLite nor PostgreSQL: {engine.dialect.name}")
    return engine


def create_all(engine: sa.engine.Engine, metadata: sa.MetaData) -> None:
    """Make the tables that are missing; another process may make them at the same moment."""
    try:
        metadata.create_all(engine)
    except DBAPIError:
        metadata.create_all(engine)


def reading(engine: sa.engine.Engine) -> sa.engine.Connection:
    """A connection that only reads, and so waits for no writer."""
    return engine.connect().execution_options(reading=True)


def overwrite_log(engine: sa.engine.Engine) -> None:
    """After something was deleted: what SQLite wrote ahead holds no copy any more. Without effect while another process reads."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as raw:
            # A turn does not wait for who reads (a backup, say): the next purge comes back.
            for pragma in ("busy_timeout=200", "wal_checkpoint(TRUNCATE)", f"busy_timeout={WAIT_SECONDS * 1000}"):
                raw.cursor().execute(f"PRAGMA {pragma}")


def _begin(connection: sa.engine.Connection) -> str:
    return "BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE"


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode=WAL")
    # A killed process loses nothing; only a power cut may lose the last seconds, and the database stays whole.
    connection.execute("PRAGMA synchronous=NORMAL")
    # What is deleted is overwritten, not only forgotten.
    connection.execute("PRAGMA secure_delete=ON")


def _prepare_postgresql(durable: bool) -> Callable[[Any, Any], None]:
    def prepare(connection: Any, _: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout TO {WAIT_SECONDS * 1000}")
            if not durable:
                cursor.execute("SET synchronous_commit TO off")
        connection.commit()

    return prepare
