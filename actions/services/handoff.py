"""Handing over: case, consents and outbox in one transaction, then delivery; and the way back by code."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import Optional

from actions.model import case_code, slots
from actions.model.answer import Answers
from actions.model.appointment import Appointment, CaseStatus
from actions.model.consent import SLOT_OF_PURPOSE, Purpose
from actions.model.errors import BackendRefused, ConsentMissing, StatusNotTold
from actions.model.intake import build, delivery_key
from actions.model.questions import Journey
from actions.services.clock import Clock
from actions.services.delivery import CONFIRM, HEAD_START, INTAKE, Delivered, Delivery
from actions.services.ports import CaseBackend, Content, Ledger, OutboxItem

SECONDS_AT_ONCE = 6.5
"""How long a submission waits for delivery; less than what an action may take (actions/guard.py)."""


class AppointmentOutcome(Enum):
    """What the person is told about the appointment."""

    NONE = "none"
    AGREED = "agreed"
    REQUESTED = "requested"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Receipt:
    """What the person gets: the code, whether the recipient has it, and the appointment."""

    code: str
    arrived: bool
    outcome: AppointmentOutcome
    appointment: Optional[Appointment]


class Handoff:
    """Submits intakes."""

    def __init__(
        self, ledger: Ledger, content: Content, journey: Journey, delivery: Delivery, clock: Clock, secret: bytes
    ) -> None:
        self._ledger, self._content, self._delivery, self._clock = ledger, content, delivery, clock
        self._journey, self._secret = journey, secret

    async def submit(self, intake_id: str, language: str, channel: str, answers: Answers) -> Receipt:
        """Submit and try to deliver at once. May be repeated: the same intake gets the same code and arrives once.

        Raises ConsentMissing without a recorded consent, LedgerUnavailable if nothing could be kept.
        """
        code = case_code.derive(self._secret, intake_id)
        await asyncio.to_thread(self._record, intake_id, language, channel, answers, code)
        done = await self._deliver_now(intake_id)
        held = answers.value(slots.BOOKING_SLOT)
        arrived = done[INTAKE].arrived or done[INTAKE].sent if INTAKE in done else await self._has_arrived(code)
        if not isinstance(held, dict):
            return Receipt(code, arrived, AppointmentOutcome.NONE, None)
        appointment = Appointment.from_json(held)
        confirmation = done.get(CONFIRM)
        if confirmation is None or not confirmation.arrived:
            lapsed = confirmation is not None and confirmation.refused
            return Receipt(code, arrived, AppointmentOutcome.LAPSED if lapsed else AppointmentOutcome.REQUESTED, appointment)
        return Receipt(code, arrived, AppointmentOutcome.AGREED, confirmation.appointment)

    async def _deliver_now(self, intake_id: str) -> dict[str, Delivered]:
        try:
            tried = await asyncio.wait_for(self._delivery.deliver_intake(intake_id), SECONDS_AT_ONCE)
        except asyncio.TimeoutError:
            # The person does not wait for a slow recipient; the worker goes on when the lease is over.
            return {INTAKE: Delivered(INTAKE, arrived=False)}
        return {item.kind: item for item in tried}

    async def _has_arrived(self, code: str) -> bool:
        """Of an intake that somebody else delivers: an earlier submission of it, or the worker."""
        receipt = await asyncio.to_thread(self._ledger.receipt, case_code.fingerprint(self._secret, code))
        return receipt is not None and receipt.delivered

    def _record(self, intake_id: str, language: str, channel: str, answers: Answers, code: str) -> None:
        now = self._clock()
        granted = {purpose for purpose, slot in SLOT_OF_PURPOSE.items() if answers.value(slot) is True}
        consents = [consent for consent in self._ledger.consents(intake_id) if consent.purpose in granted]
        if {consent.purpose for consent in consents} != granted or Purpose.INTAKE not in granted:
            raise ConsentMissing(intake_id)
        payload = build(
            intake_id=intake_id,
            tenant=self._content.profile.tenant,
            channel=channel,
            language=language,
            answers=answers,
            journey=self._journey,
            consents=consents,
            at=now,
        )
        outbox = [OutboxItem(delivery_key(payload), intake_id, INTAKE, payload)]
        held = answers.value(slots.BOOKING_SLOT)
        if isinstance(held, dict):
            appointment_id = held["appointment_id"]
            outbox.append(OutboxItem(f"{CONFIRM}:{appointment_id}", intake_id, CONFIRM, {"appointment_id": appointment_id}))
        code_hash = case_code.fingerprint(self._secret, code)
        self._ledger.submit(intake_id, code_hash, consents, outbox, now, now + HEAD_START)


CHANGEABLE = frozenset({"provisional", "confirmed"})
"""States of an appointment (codes-v1.yml) in which it can be cancelled or moved."""


class StatusUnknown(Exception):
    """No request belongs to this code."""


class Status:
    """Answers "what became of my request?" by code."""

    def __init__(self, ledger: Ledger, backend: CaseBackend, secret: bytes) -> None:
        self._ledger, self._backend, self._secret = ledger, backend, secret

    async def by_code(self, code: str) -> Optional[CaseStatus]:
        """The state of the request; None while it is still on its way to the backend.

        Raises StatusUnknown, StatusNotTold, BackendUnavailable, LedgerUnavailable.
        """
        receipt = await asyncio.to_thread(self._ledger.receipt, case_code.fingerprint(self._secret, code))
        if receipt is None:
            raise StatusUnknown
        records = await asyncio.to_thread(self._ledger.records, receipt.intake_id)
        ended = next((record.withdrawn_at for record in records if record.consent.purpose is Purpose.INTAKE), None)
        if ended is not None:
            return CaseStatus("withdrawn", "by_person", ended, None)
        if not receipt.delivered:
            return None
        try:
            return await self._backend.status(receipt.intake_id)
        except BackendRefused as error:
            raise StatusUnknown from error

    async def appointment(self, code: str) -> Optional[Appointment]:
        """The appointment of a request that can still be changed; None if there is none. Raises like ``by_code``."""
        try:
            status = await self.by_code(code)
        except (StatusUnknown, StatusNotTold):
            return None
        agreed = status.appointment if status else None
        return agreed if agreed is not None and agreed.state in CHANGEABLE else None
