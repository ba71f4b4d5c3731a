"""The conversation store: Rasa's SQL store, but it fails loudly and forgets on time."""

from __future__ import annotations

import time

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain

from bot.settings import SettingsError


class ConversationStore(SQLTrackerStore):
    """Used without Rasa's fail-safe wrapper, which would go on in memory when the database is lost (bot/server.py)."""

    @classmethod
    def open(cls, url: str, domain: Domain) -> ConversationStore:
        """A store at a database URL. Raises SettingsError if the database cannot be reached; Rasa would wait for ever."""
        try:
            engine = sa.create_engine(url)
            with engine.connect():
                pass
            engine.dispose()
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise SettingsError(f"the conversation store cannot be opened: {type(error).__name__}") from None
        store = cls(domain=domain, host=url)
        if store.engine.dialect.name == "sqlite":
            with store.engine.connect() as connection:
                connection.execute(sa.text("PRAGMA journal_mode=WAL"))
        return store

    def purge(self, hours: int) -> int:
        """Delete every conversation whose last event is older; returns how many events went."""
        events = self.SQLEvent.__table__
        old = (
            sa.select(events.c.sender_id)
            .group_by(events.c.sender_id)
            .having(sa.func.max(events.c.timestamp) < time.time() - hours * 3600)
        )
        with self.engine.begin() as connection:
            return int(connection.execute(sa.delete(events).where(events.c.sender_id.in_(old))).rowcount)
