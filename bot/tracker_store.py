"""The conversation store: Rasa's SQL store, but it fails loudly, forgets on time and does not slow down.

Rasa replays a whole conversation at every message. A turn needs the state of the conversation and its last few turns; so only
these are read, and a long conversation answers as fast as a short one. What shows the conversation reads the whole of it.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterable
from typing import Any, Optional

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.settings import SettingsError

TURNS = 6
"""Messages of the person that a turn looks back on, with all that followed them. No rule looks further."""
STATE = (SlotSet.type_name, ActiveLoop.type_name)


class ConversationTracker(DialogueStateTracker):
    """A tracker that may begin in the middle of a conversation and knows how many of its events need not be stored."""

    stored = 0

    @classmethod
    def resumed(
        cls, sender_id: str, state: Iterable[Event], recent: Iterable[Event], slots: Iterable[Slot]
    ) -> ConversationTracker:
        """The conversation from its state before the ``recent`` events."""
        start: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
        events = [*start, *state, ActionExecuted(ACTION_LISTEN_NAME), *recent]
        return cls._stored(cls.from_events(sender_id, events, slots))

    @classmethod
    def from_stored(cls, sender_id: str, events: Iterable[Event], slots: Iterable[Slot]) -> ConversationTracker:
        """A whole conversation."""
        return cls._stored(cls.from_events(sender_id, events, slots))

    @staticmethod
    def _stored(tracker: ConversationTracker) -> ConversationTracker:
        tracker.stored = len(tracker.events)
        return tracker


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
            sa.event.listen(store.engine, "connect", _configure_sqlite)
            store.engine.dispose()
        return store

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        return ConversationTracker(sender_id, self.domain.slots)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """State and last turns of the latest session; None if there is no conversation."""
        with self.session_scope() as session:
            event = self.SQLEvent
            mine = session.query(event).filter(event.sender_id == sender_id)
            newest_start = mine.with_entities(sa.func.max(event.id)).filter(event.type_name == SessionStarted.type_name).scalar()
            session_only = mine.filter(event.id >= (newest_start or 0))
            said = session_only.with_entities(event.id).filter(event.type_name == UserUttered.type_name).order_by(event.id.desc())
            first = said.offset(TURNS - 1).limit(1).scalar()
            if first is None:
                events = _events(session_only.order_by(event.id))
                return ConversationTracker.from_stored(sender_id, events, self.domain.slots) if events else None
            before = session_only.filter(event.id < first, event.type_name.in_(STATE)).order_by(event.id)
            recent = session_only.filter(event.id >= first).order_by(event.id)
            return ConversationTracker.resumed(sender_id, _last_of_each(_events(before)), _events(recent), self.domain.slots)

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Any:
        """The events of a tracker that are not stored yet."""
        if not isinstance(tracker, ConversationTracker):
            return super()._additional_events(session, tracker)
        return itertools.islice(list(tracker.events), tracker.stored, None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        await super().save(tracker)
        if isinstance(tracker, ConversationTracker):
            tracker.stored = len(tracker.events)

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


def _configure_sqlite(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    # A killed process loses nothing; only a power cut may lose the last seconds, and the database stays whole.
    connection.execute("PRAGMA synchronous=NORMAL")


def _events(rows: Iterable[Any]) -> list[Event]:
    read = (Event.from_parameters(json.loads(row.data)) for row in rows)
    return [event for event in read if event is not None]


def _last_of_each(events: Iterable[Event]) -> list[Event]:
    """The last value of each slot and of the active loop."""
    last = {event.key if isinstance(event, SlotSet) else "": event for event in events}
    return list(last.values())
