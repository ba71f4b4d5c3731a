"""What a person may ask about the own data: see it, take a consent back, have it deleted. Later too, by code alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Optional

from actions.model import case_code
from actions.model.answer import Answers
from actions.model.consent import FALLS_WITH, Purpose
from actions.model.errors import BackendRefused, BackendUnavailable, StatusNotTold
from actions.services.clock import Clock
from actions.services.delivery import INTAKE, WITHDRAW, Delivery
from actions.services.ports import CaseBackend, Ledger
from actions.services.systems import FALLEN, Erasure, Part, Result, Standing, System, all_systems

Report = list[tuple[Part, Result]]


class Rights:
    """Goes through the registry of systems. Every step may come twice.

    ``fallen`` is what becomes of a case that is taken back as a whole.
    """

    def __init__(self, ledger: Ledger, backend: CaseBackend, delivery: Delivery, clock: Clock, secret: bytes) -> None:
        self._ledger, self._backend, self._clock, self._secret = ledger, backend, clock, secret
        self.systems: Sequence[System] = all_systems(ledger, delivery, clock, backend.withdrawal)
        self.fallen = FALLEN[backend.withdrawal]

    async def here(self, intake_id: str, answers: Answers, place: Optional[str] = None, age: Optional[str] = None) -> Standing:
        """What this conversation holds; handed over only if its last step was lost on the way. Raises LedgerUnavailable."""
        return replace(await self._standing(intake_id, answers), place=place, age=age)

    async def by_code(self, code: str) -> Optional[Standing]:
        """How the request of a code stands; None if there is none. Raises LedgerUnavailable."""
        receipt = await asyncio.to_thread(self._ledger.receipt, case_code.fingerprint(self._secret, code))
        return await self._standing(receipt.intake_id, Answers({})) if receipt else None

    async def _standing(self, case: str, answers: Answers) -> Standing:
        records = await asyncio.to_thread(self._ledger.records, case)
        if not any(record.submitted for record in records):
            return Standing(case, False, answers, records, (), None, reachable=True)
        outbox = await asyncio.to_thread(self._ledger.outbox_of, case)
        standing = Standing(case, True, answers, records, outbox, None, reachable=True)
        try:
            return replace(standing, status=await self._backend.status(case))
        except BackendUnavailable:
            return replace(standing, reachable=False)
        except StatusNotTold:
            return replace(standing, told=False)
        except BackendRefused:
            # It has not arrived yet.
            return standing

    def preview(self, standing: Standing, purpose: Purpose) -> Report:
        """What would become of each part, as far as is known: DELETED, CANCELLED, STAYS; LATER where nobody answers now.

        WITHDRAWN or ASK_THERE for a case whose recipient does not say, or cannot be told, that it falls away.
        """
        fallen, everything = FALLS_WITH[purpose], purpose is Purpose.INTAKE
        parts: Report = []
        if standing.said_here:
            parts.append((Part.ANSWERS, Result.DELETED if everything else Result.STAYS))
        if standing.submitted:
            parts.append((Part.CASE, self._case(standing, everything)))
        if standing.appointment is not None:
            with_interpreter = purpose is Purpose.INTERPRETER and not standing.submitted
            falls = Purpose.APPOINTMENT in fallen or with_interpreter
            parts.append((Part.APPOINTMENT, Result.CANCELLED if falls else Result.STAYS))
        elif not standing.reachable and Purpose.APPOINTMENT in fallen:
            parts.append((Part.APPOINTMENT, Result.LATER))
        if not parts and everything and standing.granted:
            parts.append((Part.CONSENT, Result.WITHDRAWN))
        if Purpose.INTERPRETER in fallen and standing.holds(Purpose.INTERPRETER):
            parts.append((Part.INTERPRETER, Result.CANCELLED))
        return parts

    def _case(self, standing: Standing, everything: bool) -> Result:
        if self.fallen is not Result.ASK_THERE:
            return self.fallen if everything else Result.STAYS
        # What was never sent is destroyed here.
        return Result.DELETED if everything and not standing.sent else Result.ASK_THERE

    async def withdraw(self, standing: Standing, purpose: Purpose) -> Report:
        """Take a consent back, and all that falls with it. One result per system, in the order of the registry.

        What another system cannot be told now is told later, exactly once in effect, by the worker. Raises LedgerUnavailable.
        """
        erasure = Erasure(standing, purpose)
        return [(system.part, await system.erase(erasure)) for system in self.systems]

    def export(self, standing: Standing) -> dict[str, Any]:
        """What each system holds, by its part; None where nothing is."""
        return {system.part.value: system.export(standing) for system in self.systems}


def is_withdrawn(standing: Standing) -> bool:
    """Whether the whole request was taken back."""
    return standing.submitted and not standing.holds(Purpose.INTAKE)


def must_ask_there(standing: Standing) -> bool:
    """Whether the recipient could not be told that a consent was taken back."""
    return any(entry.kind == WITHDRAW and not entry.waiting and not entry.sent for entry in standing.outbox)


def has_arrived(standing: Standing) -> bool:
    """Whether the case-management system has the request."""
    return not any(entry.kind == INTAKE and entry.waiting for entry in standing.outbox)
