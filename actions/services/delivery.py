"""Delivering the outbox: used at once when a person submits, and again and again by the worker until it has arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Optional

from actions.model.appointment import Appointment
from actions.model.consent import Purpose, Withdrawal
from actions.model.errors import BackendRefused, BackendUnavailable, LedgerUnavailable, ReceiptPending, SlotTaken
from actions.services.clock import Clock
from actions.services.ports import Calendar, CaseBackend, Ledger, OutboxItem

INTAKE = "intake"
CONFIRM = "confirm_appointment"
WITHDRAW = "withdraw_consent"
RELEASE = "release_appointment"

LEASE = timedelta(seconds=30)
HEAD_START = timedelta(seconds=10)
"""As long the worker leaves what was just queued to who queued it: that process has a person waiting for what becomes of it."""
LONGEST_PAUSE_SECONDS = 300


@dataclass(frozen=True)
class Delivered:
    """What became of one item: ``arrived``, ``refused`` for good, or to be tried again.

    ``sent``: the recipient has it in its post box and has not acknowledged it yet.
    """

    kind: str
    arrived: bool
    refused: bool = False
    sent: bool = False
    appointment: Optional[Appointment] = None
    outcome: Mapping[str, str] = field(default_factory=dict)
    """Of a consent that was taken back: what the backend says became of its parts (ports.py)."""


class Delivery:
    """At-least-once delivery with idempotent calls: exactly once in effect."""

    def __init__(self, ledger: Ledger, backend: CaseBackend, calendar: Calendar, clock: Clock) -> None:
        self._ledger, self._backend, self._calendar, self._clock = ledger, backend, calendar, clock

    async def deliver_due(self, limit: int = 20) -> list[Delivered]:
        """Deliver what is due; returns what was tried."""
        items = await asyncio.to_thread(self._ledger.claim, self._clock(), LEASE, limit)
        return [await self._deliver(item) for item in items]

    async def deliver_intake(self, intake_id: str) -> list[Delivered]:
        """Deliver now what belongs to one intake."""
        items = await asyncio.to_thread(self._ledger.claim, self._clock(), LEASE, 10, intake_id)
        return [await self._deliver(item) for item in items]

    async def _deliver(self, item: OutboxItem) -> Delivered:
        try:
            done = await self._send(item)
        except BackendUnavailable as error:
            await self._later(item, str(error))
            return Delivered(item.kind, arrived=False, sent=isinstance(error, ReceiptPending))
        except SlotTaken:
            # Answered, if not as wished: the person is told, and nobody could mend it by sending again.
            await asyncio.to_thread(self._ledger.delivered, item.key, self._clock())
            return Delivered(item.kind, arrived=False, refused=True)
        except BackendRefused as error:
            await asyncio.to_thread(self._ledger.bury, item.key, error.code, self._clock())
            return Delivered(item.kind, arrived=False, refused=True)
        except LedgerUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one item that breaks something must not hold up the others
            await self._later(item, type(error).__name__)
            return Delivered(item.kind, arrived=False)
        await asyncio.to_thread(self._ledger.delivered, item.key, self._clock())
        return done

    async def _later(self, item: OutboxItem, error: str) -> None:
        pause = timedelta(seconds=min(2 ** min(item.attempts, 10), LONGEST_PAUSE_SECONDS))
        await asyncio.to_thread(self._ledger.postpone, item.key, self._clock() + pause, error)

    async def _send(self, item: OutboxItem) -> Delivered:
        appointment, outcome = None, {}
        if item.kind == INTAKE:
            await self._backend.put_intake(item.body)
        elif item.kind == CONFIRM:
            appointment = await self._calendar.confirm(item.body["appointment_id"])
        elif item.kind == WITHDRAW:
            purpose = Purpose(item.body["purpose"])
            possible = self._backend.withdrawal is not Withdrawal.IMPOSSIBLE
            if possible and purpose is not Purpose.INTAKE and await asyncio.to_thread(self._intake_waits, item.intake_id):
                raise BackendUnavailable("the intake comes first")
            outcome = dict(await self._backend.withdraw(item.intake_id, purpose))
        elif item.kind == RELEASE:
            await self._calendar.release(item.body["appointment_id"])
        else:
            raise ValueError(f"unknown kind of outbox item: {item.kind}")
        return Delivered(item.kind, arrived=True, appointment=appointment, outcome=outcome)

    def _intake_waits(self, intake_id: str) -> bool:
        return any(dispatch.kind == INTAKE and dispatch.waiting for dispatch in self._ledger.outbox_of(intake_id))
