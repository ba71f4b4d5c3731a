"""The ports: what the services need of the world. Each has a real adapter and a shipped in-memory twin."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Optional, Protocol

from actions.model.appointment import Appointment, CaseStatus, Slot
from actions.model.consent import Consent, ConsentRecord, Purpose, Withdrawal
from actions.model.content import CodeLists, ConsentText, Notice, Office, Passage, Profile, Topic
from actions.model.leitfaden import Leitfaden


class CaseBackend(Protocol):
    """Where cases go: the bundled backend (contracts/backend-v1.openapi.yml) or another system (docs/handover.md).

    Every method may raise BackendUnavailable (try later) or BackendRefused (never with this content).
    """

    async def put_intake(self, payload: dict[str, Any]) -> None:
        """Hand over an intake (intake-v1.schema.json); returns once it is acknowledged. A repetition is harmless.

        Raises ReceiptPending where the recipient acknowledges later: the same call asks for it.
        """

    async def status(self, external_id: str) -> CaseStatus:
        """Where an acknowledged intake stands.

        Raises BackendRefused("unknown_intake") if it never arrived, StatusNotTold where the recipient tells nothing.
        """

    @property
    def withdrawal(self) -> Withdrawal:
        """What a consent that is taken back does at this recipient."""

    async def withdraw(self, external_id: str, purpose: Purpose) -> Mapping[str, str]:
        """Take a consent back; a repetition is harmless. What became of ``case``, ``appointment`` and ``interpreter``.

        Where nothing is known of a part, the answer does not name it. Raises BackendRefused("unknown_intake") if a part is
        taken back of a case that has not arrived, and WithdrawalImpossible where this system has no way to be told.
        """


class Calendar(Protocol):
    """Free times, holds and confirmations; the same backend in the bundled set-up.

    Every method may raise BackendUnavailable or BackendRefused; CalendarAbsent where there is none at all.
    """

    async def free_slots(self, language: str, interpreter: bool, after: Optional[str], limit: int) -> list[Slot]:
        """Times that can be held now, earliest first, starting after an RFC 3339 time."""

    async def hold(self, appointment_id: str, slot: Slot, external_id: str, language: str, interpreter: bool) -> Appointment:
        """Reserve a slot for a short time under our id; raises SlotTaken."""

    async def confirm(self, appointment_id: str) -> Appointment:
        """Make a hold last; raises SlotTaken if it ran out and the time is gone."""

    async def release(self, appointment_id: str) -> None:
        """Give a slot back; harmless if it was never held."""


@dataclass(frozen=True)
class OutboxItem:
    """Something to be delivered. ``key`` is the idempotency key; ``body`` is what ``kind`` needs."""

    key: str
    intake_id: str
    kind: str
    body: dict[str, Any]
    attempts: int = 0


@dataclass(frozen=True)
class ReceiptRecord:
    """That an intake was submitted; ``delivered`` once the backend has acknowledged it."""

    intake_id: str
    submitted_at: datetime
    delivered: bool


@dataclass(frozen=True)
class OutboxEntry:
    """What an administrator sees of an item that has not arrived: nothing of its content. ``buried_at``: a dead letter."""

    key: str
    kind: str
    submitted_at: datetime
    attempts: int
    due_at: datetime
    buried_at: Optional[datetime]
    error: Optional[str]


@dataclass(frozen=True)
class Dispatch:
    """What a person is told of an item: ``waiting`` until it has arrived or never will.

    ``sent``: it has arrived, or another system has a reference of it and may keep it.
    """

    key: str
    kind: str
    waiting: bool
    sent: bool


class References(Protocol):
    """What another system calls an intake of ours. Raises LedgerUnavailable."""

    def references(self, intake_id: str) -> dict[str, str]:
        """The references of an intake by delivery key, the oldest first."""

    def refer(self, key: str, reference: str) -> None:
        """Keep the reference of a delivery; a later one replaces it."""


class OutboxDesk(Protocol):
    """What an administrator does about deliveries that do not arrive. Raises LedgerUnavailable."""

    def undelivered(self) -> list[OutboxEntry]:
        """What waits and what is dead, the oldest first."""

    def unreported(self) -> list[OutboxEntry]:
        """Dead letters that nobody was alarmed about yet."""

    def reported(self, key: str, at: datetime) -> None:
        """Somebody was alarmed about a dead letter."""

    def replay(self, key: str, at: datetime) -> bool:
        """Try a dead letter again, as if it had never been sent; False if there is none of this key."""

    def drop(self, key: str) -> bool:
        """Delete a dead letter for good, and with an intake its receipt; False if there is none of this key."""

    def encrypt_anew(self) -> int:
        """Encrypt with the newest key what was encrypted with older ones; returns how many items wait."""


class Ledger(References, OutboxDesk, Protocol):
    """Consents, receipts and the outbox. Every write is one transaction. Raises LedgerUnavailable."""

    def record_consent(self, consent: Consent) -> None:
        """Keep a granted consent; the same consent again changes nothing."""

    def withdraw_consent(self, consent_id: str, at: datetime) -> None:
        """Note that a consent no longer holds, before anything was submitted."""

    def consents(self, intake_id: str) -> list[Consent]:
        """The consents that hold for an intake."""

    def records(self, intake_id: str) -> list[ConsentRecord]:
        """All consents of an intake, oldest first, those that were withdrawn too."""

    def withdraw(
        self,
        intake_id: str,
        purposes: Collection[Purpose],
        stop: Collection[str],
        outbox: Sequence[OutboxItem],
        at: datetime,
        due: Optional[datetime] = None,
    ) -> int:
        """In one transaction: end these consents, submitted or not, delete what has not arrived and is of the kinds ``stop``
        (dead letters too) and the references of what has, and queue what other systems have to be told (``due`` as in submit).

        Repeating it changes nothing. Returns how many waiting items were stopped.
        """

    def outbox_of(self, intake_id: str) -> list[Dispatch]:
        """What is or was to be delivered for an intake, oldest first."""

    def submit(
        self,
        intake_id: str,
        code_hash: str,
        consents: Sequence[Consent],
        outbox: Sequence[OutboxItem],
        at: datetime,
        due: Optional[datetime] = None,
    ) -> bool:
        """Case, consents and outbox in one transaction; False if this intake was submitted before.

        What is queued is due at ``due``, at once if None; until then only who asks for this intake's items gets them.
        Raises ConsentMissing if one of the consents is not on record or no longer holds.
        """

    def receipt(self, code_hash: str) -> Optional[ReceiptRecord]:
        """The receipt of a code, or None."""

    def claim(self, now: datetime, lease: timedelta, limit: int, intake_id: Optional[str] = None) -> list[OutboxItem]:
        """Items that are due and not being delivered by anybody else, locked for the length of the lease.

        An item that cannot be decrypted is buried ("undecipherable") instead. With ``intake_id`` only this intake's
        items, whether due already or not.
        """

    def delivered(self, key: str, at: datetime) -> None:
        """An item has arrived; its content is deleted."""

    def postpone(self, key: str, until: datetime, error: str) -> None:
        """An item could not be delivered; it is due again at ``until``."""

    def bury(self, key: str, error: str, at: datetime) -> None:
        """An item that will never be taken: kept, visible, not tried again."""

    def purge_drafts(self, older_than: datetime) -> int:
        """Delete consents to which no submission came; returns how many."""

    def purge_withdrawn(self, older_than: datetime) -> int:
        """Delete consents that were withdrawn before, and receipts to which no consent is left; returns how many consents."""


class Content(Protocol):
    """What KI staff maintain for one municipality."""

    @property
    def profile(self) -> Profile: ...

    @property
    def codes(self) -> CodeLists: ...

    @property
    def leitfaden(self) -> Leitfaden: ...

    @property
    def notice(self) -> Notice: ...

    @property
    def topics(self) -> Sequence[Topic]:
        """All topics."""

    @property
    def passages(self) -> Mapping[str, Passage]:
        """All passages of life, by id."""

    def topic_for(self, intent: str) -> Optional[Topic]:
        """The topic that an intent asks for, or None."""

    def offices(self, service: str) -> list[Office]:
        """Where a service is to be had, best first; empty if nowhere."""

    def consent_text(self, purpose: str) -> ConsentText:
        """The current text of a purpose; raises KeyError for an unknown one."""
