"""One turn of a conversation at a time, in the order in which they came, however many bot processes there are.

Rasa's own Redis lock reads a queue, changes it and writes it back; two processes that do so at once lose a ticket, and then
a turn. Here every step of a queue is one atomic operation of the server that keeps it (docs/decisions/0005-locks.md).

*Order.* A process takes a ticket the moment a message reaches it, so its messages are answered in the order in which it
received them; between processes the order of the tickets counts. A turn holds its ticket from before the conversation is read
until it is saved.

*Death.* A process says every few seconds that it lives. After ``LEASE_SECONDS`` of silence its tickets count as given back.
Should it only have slept, the store refuses what it then wants to save (bot/tracker_store.py): no turn is lost or mixed with
another one.
"""

from __future__ import annotations

import abc
import asyncio
import itertools
import logging
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Optional

import redis
import sqlalchemy as sa
from rasa.core.lock_store import LockError, LockStore
from sqlalchemy.exc import SQLAlchemyError

from bot.databases import connect, create_all, reading
from bot.settings import SettingsError

logger = logging.getLogger(__name__)

LEASE_SECONDS = 15
"""Longer than anything may keep a living process from saying that it lives."""
LONGEST_WAIT_SECONDS = 60.0
FORGOTTEN_SECONDS = 3600
"""An unused queue is deleted after this; only processes that died leave one."""
FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.05
"""Seconds between two looks at a queue that another process is first in."""


class TicketLost(LockError):
    """The ticket is not in its queue any more: this process was silent for too long."""


class ConversationLocks(LockStore, abc.ABC):
    """Queues of tickets, one for each conversation, where all processes see them."""

    unavailable: tuple[type[Exception], ...] = ()
    """What the server's driver raises when it cannot be reached."""

    def __init__(self) -> None:
        self.owner = secrets.token_hex(8)
        self._numbers = itertools.count(1)
        self._last: dict[str, asyncio.Event] = {}
        self._held = 0
        self._given_up: list[tuple[str, str]] = []
        self._said_alive = float("-inf")
        self._alive: Optional[asyncio.Task[None]] = None

    @staticmethod
    def open(url: str) -> ConversationLocks:
        """Locks at the address of a Redis server (``redis:``, ``rediss:``, ``unix:``) or of a database.

        Raises SettingsError if it cannot be reached.
        """
        kind = RedisLocks if url.split(":")[0] in ("redis", "rediss", "unix") else SqlLocks
        try:
            return kind(url)
        except (*kind.unavailable, ImportError, ValueError) as error:
            raise SettingsError(f"the locks cannot be opened: {type(error).__name__}") from None

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LONGEST_WAIT_SECONDS, wait_time_in_seconds: float = LONGEST_PAUSE
    ) -> AsyncGenerator[str, None]:
        """The right to the conversation's next turn. Raises LockError if it does not come within ``lock_lifetime`` seconds."""
        ticket = f"{self.owner}.{next(self._numbers)}"
        # No await before the ticket is taken: messages keep the order in which they reached this process.
        is_first = self._take(conversation_id, ticket)
        before, done = self._last.get(conversation_id), asyncio.Event()
        self._last[conversation_id] = done
        self._held += 1
        self._stay_alive()
        try:
            if not is_first:
                await self._wait(conversation_id, ticket, before, lock_lifetime, wait_time_in_seconds)
            yield ticket
        finally:
            self._held -= 1
            self._give_back(conversation_id, ticket)
            done.set()
            if self._last.get(conversation_id) is done:
                del self._last[conversation_id]

    async def _wait(
        self, conversation_id: str, ticket: str, before: Optional[asyncio.Event], lifetime: float, longest_pause: float
    ) -> None:
        async def first() -> None:
            # Only one of this process's tickets needs to look; the others wait for it.
            if before is not None:
                await before.wait()
            pause = FIRST_PAUSE
            while not self._is_first(conversation_id, ticket):
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, longest_pause)

        try:
            await asyncio.wait_for(first(), lifetime)
        except asyncio.TimeoutError:
            raise LockError(f"the conversation was not free within {lifetime:g} seconds") from None
        except self.unavailable as error:
            raise LockError(f"the locks cannot be reached: {type(error).__name__}") from None

    def _take(self, conversation_id: str, ticket: str) -> bool:
        try:
            if time.monotonic() - self._said_alive > LEASE_SECONDS / 3:
                self.say_alive()
            return self.append(conversation_id, ticket)
        except self.unavailable as error:
            self._given_up.append((conversation_id, ticket))  # it may have arrived all the same
            self._stay_alive()
            raise LockError(f"the locks cannot be reached: {type(error).__name__}") from None

    def _is_first(self, conversation_id: str, ticket: str) -> bool:
        first, position = self.look(conversation_id, ticket)
        if position is None:
            raise TicketLost("the ticket was given back because this process seemed dead")
        if position > 0 and first is not None:
            self.remove(conversation_id, first)
        return position == 0

    def _give_back(self, conversation_id: str, ticket: str) -> None:
        try:
            self.remove(conversation_id, ticket)
        except self.unavailable as error:
            logger.error("a lock is given back later: %s", type(error).__name__)
            self._given_up.append((conversation_id, ticket))

    def _stay_alive(self) -> None:
        if self._alive is None or self._alive.done():
            self._alive = asyncio.get_running_loop().create_task(self._say_alive_while_needed())

    async def _say_alive_while_needed(self) -> None:
        while self._held or self._given_up:
            await asyncio.sleep(LEASE_SECONDS / 3)
            try:
                self.say_alive()
                while self._given_up:
                    self.remove(*self._given_up[-1])
                    self._given_up.pop()
            except self.unavailable as error:
                logger.error("the locks cannot be reached: %s", type(error).__name__)

    def say_alive(self) -> None:
        """This process lives for another ``LEASE_SECONDS``."""
        self._said_alive = time.monotonic()
        self.renew()

    @abc.abstractmethod
    def renew(self) -> None:
        """Keep that this process lives for ``LEASE_SECONDS`` from now, by the server's clock."""

    @abc.abstractmethod
    def append(self, conversation_id: str, ticket: str) -> bool:
        """Put a ticket at the end of its queue; whether it is the only one there. Atomic."""

    @abc.abstractmethod
    def look(self, conversation_id: str, ticket: str) -> tuple[Optional[str], Optional[int]]:
        """The first ticket if its process is dead, else None; and how many stand before this ticket (None: it is not there)."""

    @abc.abstractmethod
    def remove(self, conversation_id: str, ticket: str) -> None:
        """Take a ticket out of its queue, wherever it stands. Atomic; nothing if it is not there."""

    @abc.abstractmethod
    def purge(self) -> None:
        """Delete queues that only dead processes stood in."""


class RedisLocks(ConversationLocks):
    """Lists in one Redis server. Not for a cluster: a script looks at keys that it finds by itself."""

    unavailable = (redis.RedisError,)
    PREFIX = "lotse:lock:"
    APPEND = "local n = redis.call('RPUSH', KEYS[1], ARGV[1]) redis.call('EXPIRE', KEYS[1], ARGV[2]) return n"
    LOOK = """
    local queue = redis.call('LRANGE', KEYS[1], 0, -1)
    local dead = false
    if queue[1] and redis.call('EXISTS', ARGV[2] .. string.match(queue[1], '^[^.]+')) == 0 then dead = queue[1] end
    for place, ticket in ipairs(queue) do
      if ticket == ARGV[1] then return {dead, place - 1} end
    end
    return {dead, false}
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5, decode_responses=True)
        self._append, self._look = self._redis.register_script(self.APPEND), self._redis.register_script(self.LOOK)
        self._redis.ping()

    def renew(self) -> None:
        self._redis.set(f"{self.PREFIX}alive:{self.owner}", 1, ex=LEASE_SECONDS)

    def append(self, conversation_id: str, ticket: str) -> bool:
        return bool(self._append(keys=[self._queue(conversation_id)], args=[ticket, FORGOTTEN_SECONDS]) == 1)

    def look(self, conversation_id: str, ticket: str) -> tuple[Optional[str], Optional[int]]:
        dead, position = self._look(keys=[self._queue(conversation_id)], args=[ticket, f"{self.PREFIX}alive:"])
        return dead, position

    def remove(self, conversation_id: str, ticket: str) -> None:
        self._redis.lrem(self._queue(conversation_id), 1, ticket)

    def purge(self) -> None:
        """Redis lets them expire by itself."""

    def _queue(self, conversation_id: str) -> str:
        return f"{self.PREFIX}queue:{conversation_id}"


class SqlLocks(ConversationLocks):
    """Rows in a database, SQLite or PostgreSQL. A queue is one text, so that each step is one statement on one row."""

    unavailable = (SQLAlchemyError,)
    CLOCKS = {
        "sqlite": "(julianday('now') - 2440587.5) * 86400.0",
        "postgresql": "cast(extract(epoch from clock_timestamp()) as double precision)",
    }
    APPEND = """
    INSERT INTO conversation_lock (conversation, tickets, touched) VALUES (:conversation, :ticket, {now})
    ON CONFLICT (conversation) DO UPDATE
    SET tickets = conversation_lock.tickets || excluded.tickets, touched = excluded.touched
    RETURNING tickets
    """
    LOOK = """
    SELECT tickets, coalesce(alive_until, 0) > {now} FROM conversation_lock
    LEFT JOIN lock_owner ON owner = substr(tickets, 1, 16) WHERE conversation = :conversation
    """
    REMOVE_LAST = "DELETE FROM conversation_lock WHERE conversation = :conversation AND tickets = :ticket"
    REMOVE = "UPDATE conversation_lock SET tickets = replace(tickets, :ticket, '') WHERE conversation = :conversation"
    RENEW = """
    INSERT INTO lock_owner (owner, alive_until) VALUES (:owner, {now} + :lease)
    ON CONFLICT (owner) DO UPDATE SET alive_until = excluded.alive_until
    """
    PURGE = (
        "DELETE FROM conversation_lock WHERE touched < {now} - :age",
        "DELETE FROM lock_owner WHERE alive_until < {now} - :age",
    )

    _metadata = sa.MetaData()
    sa.Table(
        "conversation_lock",
        _metadata,
        sa.Column("conversation", sa.String(255), primary_key=True),
        sa.Column("tickets", sa.Text, nullable=False),
        sa.Column("touched", sa.Float, nullable=False),
    )
    sa.Table(
        "lock_owner",
        _metadata,
        sa.Column("owner", sa.String(16), primary_key=True),
        sa.Column("alive_until", sa.Float, nullable=False),
    )

    def __init__(self, url: str) -> None:
        super().__init__()
        self._engine = connect(url, durable=False)
        self._now = self.CLOCKS[self._engine.dialect.name]
        create_all(self._engine, self._metadata)
        self.purge()

    def _execute(self, statement: str, **values: Any) -> Any:
        with self._engine.begin() as connection:
            result = connection.execute(sa.text(statement.format(now=self._now)), values)
            return result.first() if result.returns_rows else result.rowcount

    def renew(self) -> None:
        self._execute(self.RENEW, owner=self.owner, lease=LEASE_SECONDS)

    def append(self, conversation_id: str, ticket: str) -> bool:
        (tickets,) = self._execute(self.APPEND, conversation=conversation_id, ticket=f"{ticket};")
        return bool(tickets == f"{ticket};")

    def look(self, conversation_id: str, ticket: str) -> tuple[Optional[str], Optional[int]]:
        with reading(self._engine) as connection:
            look = sa.text(self.LOOK.format(now=self._now))
            row = connection.execute(look, {"conversation": conversation_id}).first()
        if row is None:
            return None, None
        queue = row[0].split(";")[:-1]
        dead = queue[0] if queue and not row[1] else None
        return dead, queue.index(ticket) if ticket in queue else None

    def remove(self, conversation_id: str, ticket: str) -> None:
        # The row goes with its last ticket; nobody can come in between, because the condition is checked on the locked row.
        if not self._execute(self.REMOVE_LAST, conversation=conversation_id, ticket=f"{ticket};"):
            self._execute(self.REMOVE, conversation=conversation_id, ticket=f"{ticket};")

    def purge(self) -> None:
        for statement in self.PURGE:
            self._execute(statement, age=FORGOTTEN_SECONDS)
