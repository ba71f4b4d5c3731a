"""The conversation store: encrypted, redacted, gone on time, as fast after a thousand messages as after ten.

*What is written.* One row for each turn: which conversation, its number, the time, the id that the page gave the message, and,
encrypted (Fernet, ``LOTSE_CONVERSATION_KEYS``), the turn's events and the state before it. What was typed while a question was
open, or in a crisis, is never written, also not encrypted: a reload of the page shows "•••" there. The answers themselves
(slots: name, contact, goal, …) are needed until the hand-over, also after a restart, so they are written encrypted.

*For how long.* An answer, and every card that showed it, is erased from all rows as soon as its slot is emptied: at the
hand-over, at a correction, at "forget my data"; and at the beginning of a new session. Rasa's ``reset_slots`` event erases the
whole conversation before it. Everything else goes when the conversation is as old as ``retention.conversation_hours`` of the
municipality's profile, counted from its beginning; its token expires then too. What is erased is overwritten in
SQLite's files, also in what it writes ahead: at once, or at the next purge if another process was reading just then.

*What a turn costs.* Rasa replays a whole conversation at every message. A turn needs the state and its last few turns; only
these are read.

*Two processes.* bot/lock_store.py lets one turn follow the other. Should a lock fail, the number of a turn is taken and ``save``
raises ConversationMoved: the person sends the message again, and no two turns are ever mixed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Optional

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.databases import connect, create_all, overwrite_log, reading
from bot.redaction import Written, is_answer, state_of, without_answers, written
from bot.settings import SettingsError

TURNS = 6
"""Turns that are looked back on. No rule looks further."""
RUN = "counselling__run"
"""The slot that tells the requests of a conversation apart (actions/model/intake.py)."""

metadata = sa.MetaData()
turns = sa.Table(
    "conversation_turn",
    metadata,
    sa.Column("conversation", sa.String(255), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("message_id", sa.String(64)),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Index("conversation_turn_message", "conversation", "message_id"),
)


class ConversationMoved(Exception):
    """Another process has continued the conversation meanwhile; nothing was saved."""


class ConversationUnreadable(Exception):
    """A conversation was written with a key that is not among ours."""


class ConversationTracker(DialogueStateTracker):
    """A tracker that may begin in the middle of a conversation and knows what of it is stored."""

    number = 0
    """Of the last turn that is stored."""
    stored = 0
    """How many of its events are stored or need not be."""
    asked: Optional[str] = None
    """The question that was open when it was stored."""
    state: dict[str, Any]
    """Its state when it was stored."""

    @classmethod
    def resumed(
        cls, sender_id: str, before: dict[str, Any], recent: Iterable[Event], slots: Iterable[Slot]
    ) -> ConversationTracker:
        """The conversation from its state before the ``recent`` events."""
        start: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
        state: list[Event] = [SlotSet(name, value) for name, value in before["slots"].items()]
        loop: list[Event] = [ActiveLoop(before["loop"])] if before["loop"] else []
        return cls.from_events(sender_id, [*start, *loop, *state, ActionExecuted(ACTION_LISTEN_NAME), *recent], slots)

    def update_with_events(self, new_events: list[Event], domain: Optional[Domain], override_timestamp: bool = True) -> None:
        """A session that follows another one in the conversation gets a run of its own.

        On a shared phone another person may write now: the request of the one before is neither theirs to see, nor may theirs
        have its number and be taken for a repetition.
        """
        for event in new_events:
            run = self.get_slot(RUN) or 0
            super().update_with_events([event], domain, override_timestamp)
            if isinstance(event, SessionStarted) and self.number:
                super().update_with_events([SlotSet(RUN, run + 1)], domain)

    def keep(self, number: int) -> None:
        """All of it is stored now, up to the turn of this number."""
        self.number, self.stored = number, len(self.events)
        self.asked = self.get_slot(REQUESTED_SLOT) if REQUESTED_SLOT in self.slots else None
        self.state = state_of(self.slots.values(), self.active_loop_name)


class ConversationStore(TrackerStore):
    """Used without Rasa's fail-safe wrapper, which would go on in memory when the database is lost (bot/server.py)."""

    def __init__(self, engine: sa.engine.Engine, cipher: MultiFernet, domain: Domain) -> None:
        super().__init__(domain)
        self._engine, self._cipher = engine, cipher

    @classmethod
    def open(cls, url: str, keys: Sequence[str], domain: Domain) -> ConversationStore:
        """A store at a database URL; ``keys`` are Fernet keys, the newest first, which alone encrypts.

        Raises SettingsError if the database cannot be reached, or if the keys do not fit what it holds.
        """
        try:
            cipher = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise SettingsError(f"LOTSE_CONVERSATION_KEYS: {error}") from error
        try:
            engine = connect(url)
            create_all(engine, metadata)
            _drop_what_was_readable(engine)
        except (SQLAlchemyError, ImportError, ValueError) as error:
            raise SettingsError(f"the conversation store cannot be opened: {type(error).__name__}") from None
        store = cls(engine, cipher, domain)
        store._check_keys()
        return store

    def _check_keys(self) -> None:
        with reading(self._engine) as connection:
            newest = connection.execute(sa.select(turns.c.data).order_by(turns.c.at.desc()).limit(1)).scalar()
        try:
            if newest is not None:
                self._read(newest)
        except ConversationUnreadable:
            raise SettingsError("LOTSE_CONVERSATION_KEYS: the stored conversations need another key") from None

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        tracker = ConversationTracker(sender_id, self.domain.slots)
        tracker.keep(0)
        return tracker

    async def keys(self) -> list[str]:
        """The ids of all conversations."""
        with reading(self._engine) as connection:
            return list(connection.execute(sa.select(turns.c.conversation).distinct()).scalars())

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """State and last turns of the latest session; None if there is no conversation. Raises ConversationUnreadable."""
        mine = sa.select(turns.c.number, turns.c.data).where(turns.c.conversation == sender_id)
        with reading(self._engine) as connection:
            rows = connection.execute(mine.order_by(turns.c.number.desc()).limit(TURNS)).fetchall()
        if not rows:
            return None
        read: list[Written] = []
        for row in rows:
            read.insert(0, self._read(row.data))
            if _begins_session(read[0]):
                tracker = ConversationTracker.from_events(sender_id, _events(read), self.domain.slots)
                break
        else:
            tracker = ConversationTracker.resumed(sender_id, read[0]["state"], _events(read), self.domain.slots)
        tracker.keep(rows[0].number)
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> Optional[DialogueStateTracker]:
        """The whole conversation, with the sessions before this one; to be shown, not to be continued."""
        mine = sa.select(turns.c.data).where(turns.c.conversation == conversation_id)
        with reading(self._engine) as connection:
            rows = connection.execute(mine.order_by(turns.c.number)).scalars().all()
        events = _events(self._read(data) for data in rows)
        return ConversationTracker.from_events(conversation_id, events, self.domain.slots) if events else None

    def answers_to(self, sender_id: str, message_id: str) -> list[Event]:
        """The events of the turn that answered a message; none if it was not answered yet."""
        mine = sa.select(turns.c.data).where(turns.c.conversation == sender_id, turns.c.message_id == message_id)
        with reading(self._engine) as connection:
            rows = connection.execute(mine.order_by(turns.c.number)).scalars().all()
        found = (_events([self._read(data)]) for data in rows)
        return next((events for events in found if any(isinstance(event, BotUttered) for event in events)), [])

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the new events of a tracker of this store, as one turn. Raises ConversationMoved and SQLAlchemyError: nothing is
        stored then."""
        if not isinstance(tracker, ConversationTracker):
            raise TypeError("a tracker of another store")
        new = list(tracker.events)[tracker.stored :]
        if not new:
            return
        sender_id, number = tracker.sender_id, tracker.number + 1
        erased = _erased_by(tracker, new)
        turn = _as_erased(written(tracker.state, new, tracker.asked), erased)
        values = {"at": time.time(), "message_id": _message_id(new), "data": self._write(turn)}
        with self._transaction() as connection:
            gone = 0
            if erased.conversation:
                gone = connection.execute(sa.delete(turns).where(turns.c.conversation == sender_id)).rowcount
            elif erased.session or erased.slots:
                gone = self._erase(connection, sender_id, None if erased.session else erased.slots)
            connection.execute(sa.insert(turns).values(conversation=sender_id, number=number, **values))
        tracker.keep(number)
        if gone:
            overwrite_log(self._engine)

    @contextmanager
    def _transaction(self) -> Iterator[sa.engine.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise ConversationMoved from None

    def _erase(self, connection: sa.engine.Connection, sender_id: str, slots: Optional[Collection[str]]) -> int:
        mine, changed = turns.c.conversation == sender_id, 0
        for row in connection.execute(sa.select(turns.c.number, turns.c.data).where(mine)).fetchall():
            turn = self._read(row.data)
            left = without_answers(turn, slots)
            if left != turn:
                connection.execute(sa.update(turns).where(mine, turns.c.number == row.number).values(data=self._write(left)))
                changed += 1
        return changed

    def forget(self, sender_id: str) -> int:
        """Delete the whole conversation of a person; how many turns went."""
        with self._engine.begin() as connection:
            gone = int(connection.execute(sa.delete(turns).where(turns.c.conversation == sender_id)).rowcount)
        overwrite_log(self._engine)
        return gone

    def purge(self, seconds: float) -> int:
        """Delete every conversation that began longer ago, whole; how many turns went."""
        old = sa.select(turns.c.conversation).where(turns.c.at < time.time() - seconds)
        with self._engine.begin() as connection:
            gone = int(connection.execute(sa.delete(turns).where(turns.c.conversation.in_(old))).rowcount)
        overwrite_log(self._engine)
        return gone

    def _write(self, turn: Written) -> bytes:
        return self._cipher.encrypt(json.dumps(turn, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))

    def _read(self, data: bytes) -> Written:
        try:
            turn: Written = json.loads(self._cipher.decrypt(bytes(data)))
        except InvalidToken:
            raise ConversationUnreadable from None
        return turn


@dataclass(frozen=True)
class Erased:
    """What of the turns before goes with a turn."""

    conversation: bool
    session: bool
    slots: frozenset[str]


def _erased_by(tracker: ConversationTracker, new: Iterable[Event]) -> Erased:
    events = list(new)
    changed = {event.key for event in events if isinstance(event, SlotSet) and is_answer(event.key)}
    known = tracker.state["slots"]
    return Erased(
        conversation=any(isinstance(event, AllSlotsReset) for event in events),
        session=any(isinstance(event, SessionStarted) for event in events),
        slots=frozenset(key for key in changed if known.get(key) is not None and tracker.get_slot(key) is None),
    )


def _as_erased(turn: Written, erased: Erased) -> Written:
    """The turn itself, without what it erases."""
    if erased.conversation:
        reset = max(place for place, data in enumerate(turn["events"]) if data["event"] == AllSlotsReset.type_name)
        before = without_answers({**turn, "events": turn["events"][:reset]})
        turn = {**before, "events": [*before["events"], *turn["events"][reset:]]}
    if erased.conversation or erased.session:
        return {**turn, "state": state_of((), None)}
    return without_answers(turn, erased.slots) if erased.slots else turn


def _begins_session(turn: Written) -> bool:
    return any(data["event"] == SessionStarted.type_name for data in turn["events"])


def _events(read: Iterable[Written]) -> list[Event]:
    events = (Event.from_parameters(data) for turn in read for data in turn["events"])
    return [event for event in events if event is not None]


def _message_id(events: Iterable[Event]) -> Optional[str]:
    said = next((event for event in events if isinstance(event, UserUttered)), None)
    return (said.metadata or {}).get("id") if said else None


def _drop_what_was_readable(engine: sa.engine.Engine) -> None:
    """Rasa's own table, in which conversations stood before they were encrypted."""
    inspector = sa.inspect(engine)
    if inspector.has_table("events") and {"intent_name", "action_name"} <= {c["name"] for c in inspector.get_columns("events")}:
        sa.Table("events", sa.MetaData()).drop(engine)
