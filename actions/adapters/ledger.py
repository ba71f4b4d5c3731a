"""The ledger in a relational database (SQLite or PostgreSQL): consents, receipts, outbox.

Written in SQLAlchemy 2 style on 1.4, which Rasa pins. What waits in the outbox is encrypted (Fernet) and deleted on delivery.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

import sqlalchemy as sa
from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy.exc import DBAPIError, IntegrityError

from actions.model.consent import Consent, ConsentRecord, Purpose
from actions.model.errors import ConsentMissing, LedgerUnavailable
from actions.services.ports import Dispatch, OutboxEntry, OutboxItem, ReceiptRecord

metadata = sa.MetaData()

consents = sa.Table(
    "consent",
    metadata,
    sa.Column("consent_id", sa.String(36), primary_key=True),
    sa.Column("intake_id", sa.String(36), nullable=False, index=True),
    sa.Column("purpose", sa.String(32), nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("text_id", sa.String(64), nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("language_shown", sa.String(16), nullable=False),
    sa.Column("granted_at", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("submitted", sa.Boolean, nullable=False, default=False),
    sa.Column("withdrawn_at", sa.String(32)),
)
receipts = sa.Table(
    "receipt",
    metadata,
    sa.Column("intake_id", sa.String(36), primary_key=True),
    sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("submitted_at", sa.String(32), nullable=False),
    sa.Column("delivered_at", sa.String(32)),
)
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(128), nullable=False, unique=True),
    sa.Column("intake_id", sa.String(36), nullable=False, index=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("body", sa.LargeBinary),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("due_at", sa.String(32), nullable=False),
    sa.Column("claimed_until", sa.String(32)),
    sa.Column("delivered_at", sa.String(32)),
    sa.Column("buried_at", sa.String(32)),
    sa.Column("last_error", sa.String(200)),
    sa.Column("reported_at", sa.String(32)),
    sa.Column("reference", sa.Text),
    sa.Index("outbox_waiting", "delivered_at", "buried_at", "due_at"),
)


def connect(url: str) -> sa.engine.Engine:
    """An engine that waits for a busy SQLite file instead of failing, and tells a dead connection."""
    engine = sa.create_engine(url, future=True, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The driver's own BEGIN is late and shared: two writers could both read first and then block each other.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=5000")
    # What is deleted is overwritten, not only forgotten.
    connection.execute("PRAGMA secure_delete=ON")


def _text(moment: datetime) -> str:
    # One fixed width and zone, so that texts sort as times do.
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text[:-1] + "+00:00")


class SqlLedger:
    """The ledger port over a database."""

    def __init__(self, engine: sa.engine.Engine, cipher: MultiFernet) -> None:
        self._engine, self._cipher = engine, cipher

    @contextmanager
    def _transaction(self) -> Iterator[sa.engine.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except DBAPIError as error:
            raise LedgerUnavailable(type(error.orig).__name__) from None

    @contextmanager
    def _erasing(self) -> Iterator[sa.engine.Connection]:
        """A transaction that deletes for good: what SQLite wrote ahead holds no copy afterwards either."""
        with self._transaction() as connection:
            yield connection
        if self._engine.dialect.name == "sqlite":
            with closing(self._engine.raw_connection()) as raw:
                # Without effect while another process reads (a backup, say), which is not waited for: the worker purges, and
                # so comes here, every second. The connection is not used again.
                cursor = raw.cursor()
                cursor.execute("PRAGMA busy_timeout=200")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                raw.invalidate()

    def record_consent(self, consent: Consent) -> None:
        row = {**consent.__dict__, "purpose": consent.purpose.value, "submitted": False, "withdrawn_at": None}
        with self._transaction() as connection:
            known = connection.execute(
                sa.select(consents.c.withdrawn_at, consents.c.submitted).where(consents.c.consent_id == consent.consent_id)
            ).first()
            if known is None:
                connection.execute(sa.insert(consents).values(**row))
            elif known.withdrawn_at is not None and not known.submitted:
                connection.execute(sa.update(consents).where(consents.c.consent_id == consent.consent_id).values(**row))

    def withdraw_consent(self, consent_id: str, at: datetime) -> None:
        with self._transaction() as connection:
            connection.execute(
                sa.update(consents)
                .where(consents.c.consent_id == consent_id, consents.c.submitted.is_(False))
                .values(withdrawn_at=_text(at))
            )

    def consents(self, intake_id: str) -> list[Consent]:
        with self._transaction() as connection:
            return self._granted(connection, intake_id)

    def _granted(self, connection: sa.engine.Connection, intake_id: str) -> list[Consent]:
        fields = [consents.c[name] for name in Consent.__dataclass_fields__]
        rows = connection.execute(
            sa.select(*fields)
            .where(consents.c.intake_id == intake_id, consents.c.withdrawn_at.is_(None))
            .order_by(consents.c.granted_at, consents.c.consent_id)
        )
        return [Consent(**{**row._mapping, "purpose": Purpose(row.purpose)}) for row in rows]

    def submit(
        self,
        intake_id: str,
        code_hash: str,
        consents_: Sequence[Consent],
        items: Sequence[OutboxItem],
        at: datetime,
        due: Optional[datetime] = None,
    ) -> bool:
        with self._transaction() as connection:
            known = sa.select(receipts.c.intake_id).where(receipts.c.intake_id == intake_id)
            if connection.execute(known).first() is not None:
                return False
            wanted = {consent.consent_id for consent in consents_}
            if not wanted or not wanted <= {consent.consent_id for consent in self._granted(connection, intake_id)}:
                raise ConsentMissing(intake_id)
            connection.execute(sa.update(consents).where(consents.c.consent_id.in_(wanted)).values(submitted=True))
            connection.execute(sa.insert(receipts).values(intake_id=intake_id, code_hash=code_hash, submitted_at=_text(at)))
            for item in items:
                connection.execute(sa.insert(outbox).values(**self._row(item, due or at)))
            return True

    def receipt(self, code_hash: str) -> Optional[ReceiptRecord]:
        with self._transaction() as connection:
            row = connection.execute(sa.select(receipts).where(receipts.c.code_hash == code_hash)).first()
        if row is None:
            return None
        return ReceiptRecord(row.intake_id, _moment(row.submitted_at), row.delivered_at is not None)

    def claim(self, now: datetime, lease: timedelta, limit: int, intake_id: Optional[str] = None) -> list[OutboxItem]:
        waiting = sa.select(outbox).where(
            outbox.c.delivered_at.is_(None),
            outbox.c.buried_at.is_(None),
            sa.or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= _text(now)),
            outbox.c.intake_id == intake_id if intake_id else outbox.c.due_at <= _text(now),
        )
        with self._transaction() as connection:
            rows = connection.execute(waiting.order_by(outbox.c.id).limit(limit).with_for_update(skip_locked=True)).fetchall()
            bodies = {row.id: body for row in rows if (body := self._decrypted(row.body)) is not None}
            taken = sa.update(outbox).where(outbox.c.id.in_(list(bodies)))
            connection.execute(taken.values(claimed_until=_text(now + lease), attempts=outbox.c.attempts + 1))
            if len(bodies) < len(rows):
                lost = sa.update(outbox).where(outbox.c.id.in_([row.id for row in rows if row.id not in bodies]))
                connection.execute(lost.values(buried_at=_text(now), last_error="undecipherable"))
        return [
            OutboxItem(row.key, row.intake_id, row.kind, json.loads(bodies[row.id]), row.attempts + 1)
            for row in rows
            if row.id in bodies
        ]

    def _decrypted(self, body: bytes) -> Optional[bytes]:
        try:
            return self._cipher.decrypt(body)
        except InvalidToken:
            return None

    def delivered(self, key: str, at: datetime) -> None:
        with self._erasing() as connection:
            item = sa.update(outbox).where(outbox.c.key == key, outbox.c.delivered_at.is_(None))
            connection.execute(item.values(delivered_at=_text(at), body=None, claimed_until=None, last_error=None))
            arrived = sa.select(outbox.c.intake_id).where(outbox.c.key == key, outbox.c.kind == "intake")
            connection.execute(
                sa.update(receipts)
                .where(receipts.c.intake_id.in_(arrived), receipts.c.delivered_at.is_(None))
                .values(delivered_at=_text(at))
            )

    def postpone(self, key: str, until: datetime, error: str) -> None:
        with self._transaction() as connection:
            connection.execute(
                sa.update(outbox)
                .where(outbox.c.key == key, outbox.c.delivered_at.is_(None))
                .values(due_at=_text(until), claimed_until=None, last_error=error[:200])
            )

    def bury(self, key: str, error: str, at: datetime) -> None:
        with self._transaction() as connection:
            connection.execute(
                sa.update(outbox)
                .where(outbox.c.key == key)
                .values(buried_at=_text(at), claimed_until=None, last_error=error[:200])
            )

    def references(self, intake_id: str) -> dict[str, str]:
        known = sa.select(outbox.c.key, outbox.c.reference).where(
            outbox.c.intake_id == intake_id, outbox.c.reference.is_not(None)
        )
        with self._transaction() as connection:
            return {row.key: row.reference for row in connection.execute(known.order_by(outbox.c.id))}

    def refer(self, key: str, reference: str) -> None:
        with self._transaction() as connection:
            connection.execute(sa.update(outbox).where(outbox.c.key == key).values(reference=reference))

    def undelivered(self) -> list[OutboxEntry]:
        return self._entries(outbox.c.delivered_at.is_(None))

    def unreported(self) -> list[OutboxEntry]:
        return self._entries(outbox.c.buried_at.is_not(None), outbox.c.reported_at.is_(None))

    def _entries(self, *where: Any) -> list[OutboxEntry]:
        # Of an intake whose receipt is gone, other items may still be there.
        case = receipts.c.intake_id == outbox.c.intake_id
        rows = sa.select(outbox, receipts.c.submitted_at).outerjoin(receipts, case).where(*where)
        with self._transaction() as connection:
            return [
                OutboxEntry(
                    key=row.key,
                    kind=row.kind,
                    submitted_at=_moment(row.submitted_at or row.due_at),
                    attempts=row.attempts,
                    due_at=_moment(row.due_at),
                    buried_at=_moment(row.buried_at) if row.buried_at else None,
                    error=row.last_error,
                )
                for row in connection.execute(rows.order_by(outbox.c.id))
            ]

    def reported(self, key: str, at: datetime) -> None:
        with self._transaction() as connection:
            connection.execute(sa.update(outbox).where(outbox.c.key == key).values(reported_at=_text(at)))

    def replay(self, key: str, at: datetime) -> bool:
        dead = sa.update(outbox).where(outbox.c.key == key, outbox.c.buried_at.is_not(None))
        fresh = {"buried_at": None, "reported_at": None, "reference": None, "last_error": None, "attempts": 0}
        with self._transaction() as connection:
            return bool(connection.execute(dead.values(**fresh, due_at=_text(at))).rowcount)

    def drop(self, key: str) -> bool:
        dead = (outbox.c.key == key, outbox.c.buried_at.is_not(None))
        with self._erasing() as connection:
            cases = sa.select(outbox.c.intake_id).where(*dead, outbox.c.kind == "intake")
            found = [row.intake_id for row in connection.execute(cases)]
            connection.execute(sa.delete(receipts).where(receipts.c.intake_id.in_(found), receipts.c.delivered_at.is_(None)))
            return bool(connection.execute(sa.delete(outbox).where(*dead)).rowcount)

    def encrypt_anew(self) -> int:
        waiting = sa.select(outbox.c.id, outbox.c.body).where(outbox.c.body.is_not(None)).with_for_update()
        with self._transaction() as connection:
            rows = [row for row in connection.execute(waiting).fetchall() if self._decrypted(row.body) is not None]
            for row in rows:
                body = self._cipher.rotate(row.body)
                connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(body=body))
            return len(rows)

    def purge_drafts(self, older_than: datetime) -> int:
        limit = older_than.astimezone(timezone.utc).isoformat(timespec="seconds")
        with self._erasing() as connection:
            drafts = sa.delete(consents).where(consents.c.submitted.is_(False), consents.c.granted_at < limit)
            return int(connection.execute(drafts).rowcount)

    def records(self, intake_id: str) -> list[ConsentRecord]:
        mine = sa.select(consents).where(consents.c.intake_id == intake_id)
        with self._transaction() as connection:
            rows = connection.execute(mine.order_by(consents.c.granted_at, consents.c.consent_id)).fetchall()
        return [ConsentRecord(_consent(row), row.submitted, row.withdrawn_at) for row in rows]

    def withdraw(
        self,
        intake_id: str,
        purposes: Collection[Purpose],
        stop: Collection[str],
        outbox_: Sequence[OutboxItem],
        at: datetime,
        due: Optional[datetime] = None,
    ) -> int:
        with self._erasing() as connection:
            ended = sa.update(consents).where(
                consents.c.intake_id == intake_id,
                consents.c.purpose.in_([purpose.value for purpose in purposes]),
                consents.c.withdrawn_at.is_(None),
            )
            connection.execute(ended.values(withdrawn_at=_text(at)))
            theirs = [outbox.c.intake_id == intake_id, outbox.c.kind.in_(list(stop))]
            open_ = [*theirs, outbox.c.delivered_at.is_(None)]
            count = connection.execute(sa.delete(outbox).where(*open_, outbox.c.buried_at.is_(None))).rowcount
            connection.execute(sa.delete(outbox).where(*open_))
            connection.execute(sa.update(outbox).where(*theirs).values(reference=None))
            for item in outbox_:
                if connection.execute(sa.select(outbox.c.id).where(outbox.c.key == item.key)).first() is None:
                    connection.execute(sa.insert(outbox).values(**self._row(item, due or at)))
            return int(count)

    def _row(self, item: OutboxItem, due: datetime) -> dict[str, Any]:
        body = self._cipher.encrypt(json.dumps(item.body, ensure_ascii=False).encode())
        same = {"key": item.key, "intake_id": item.intake_id, "kind": item.kind}
        return {**same, "body": body, "attempts": 0, "due_at": _text(due)}

    def outbox_of(self, intake_id: str) -> list[Dispatch]:
        mine = sa.select(outbox).where(outbox.c.intake_id == intake_id)
        with self._transaction() as connection:
            rows = connection.execute(mine.order_by(outbox.c.id)).fetchall()
        return [
            Dispatch(
                row.key,
                row.kind,
                waiting=row.delivered_at is None and row.buried_at is None,
                sent=row.delivered_at is not None or row.reference is not None,
            )
            for row in rows
        ]

    def purge_withdrawn(self, older_than: datetime) -> int:
        with self._erasing() as connection:
            old = sa.delete(consents).where(consents.c.withdrawn_at < _text(older_than))
            count = int(connection.execute(old).rowcount)
            left = sa.select(consents.c.intake_id).where(consents.c.intake_id == receipts.c.intake_id)
            connection.execute(sa.delete(receipts).where(~left.exists(), receipts.c.submitted_at < _text(older_than)))
            return count


def _consent(row: Any) -> Consent:
    fields = {name: row._mapping[name] for name in Consent.__dataclass_fields__}
    return Consent(**{**fields, "purpose": Purpose(row.purpose)})
