"""Delivering the outbox: used at once when a person submits, and again and again by the worker until it has arrived."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Optional

from actions.model.appointment import Appointment
from actions.model.errors import BackendRefused, BackendUnavailable, LedgerUnavailable, ReceiptPending, SlotTaken
from actions.services.clock import Clock
from actions.services.ports import Calendar, CaseBackend, Ledger, OutboxItem

INTAKE = "intake"
CONFIRM = "confirm_appointment"

LEASE = timedelta(seconds=30)
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
            appointment = await self._send(item)
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
        return Delivered(item.kind, arrived=True, appointment=appointment)

    async def _later(self, item: OutboxItem, error: str) -> None:
        pause = timedelta(seconds=min(2 ** min(item.attempts, 10), LONGEST_PAUSE_SECONDS))
        await asyncio.to_thread(self._ledger.postpone, item.key, self._clock() + pause, error)

    async def _send(self, item: OutboxItem) -> Optional[Appointment]:
        if item.kind == INTAKE:
            await self._backend.put_intake(item.body)
            return None
        if item.kind == CONFIRM:
            return await self._calendar.confirm(item.body["appointment_id"])
        raise ValueError(f"unknown kind of outbox item: {item.kind}")
