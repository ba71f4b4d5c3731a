"""Every place that holds something about a person, in one registry: each shows what it holds and erases it.

Who adds a slot or a column names it in ``holds`` of the system that keeps it, or says why it tells nothing about a person
(tests/unit/test_systems.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Optional, Protocol

from actions.model import slots
from actions.model.answer import Answers
from actions.model.appointment import Appointment, CaseStatus
from actions.model.consent import FALLS_WITH, Consent, ConsentRecord, Purpose, Withdrawal, withdrawal_key
from actions.services.clock import Clock
from actions.services.delivery import CONFIRM, HEAD_START, INTAKE, RELEASE, WITHDRAW, Delivered, Delivery
from actions.services.ports import Dispatch, Ledger, OutboxItem


class Part(str, Enum):
    """What is held, as the person is told; one part per system."""

    CONSENT = "consent"
    TRANSIT = "transit"
    ANSWERS = "answers"
    CASE = "case"
    APPOINTMENT = "appointment"
    INTERPRETER = "interpreter"


class Result(str, Enum):
    """What became of a part."""

    DELETED = "deleted"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    STAYS = "stays"
    LATER = "later"
    ASK_THERE = "ask_there"
    """The recipient cannot be told; the person has to say it there."""
    NOTHING = "nothing"


FALLEN = {
    Withdrawal.ERASES: Result.DELETED,
    Withdrawal.TELLS: Result.WITHDRAWN,
    Withdrawal.IMPOSSIBLE: Result.ASK_THERE,
}
"""What becomes of a case that is taken back as a whole, as far as is known here."""


@dataclass(frozen=True)
class Standing:
    """How a request stands; ``reachable`` is False where the backend did not answer, and then ``status`` says nothing.

    ``told`` is False where the recipient has the request and tells nothing about it; ``place`` is where the person lives and
    ``age`` whether they are of age, if the conversation remembers it.
    """

    intake_id: str
    submitted: bool
    answers: Answers
    records: Sequence[ConsentRecord]
    outbox: Sequence[Dispatch]
    status: Optional[CaseStatus]
    reachable: bool
    told: bool = True
    place: Optional[str] = None
    age: Optional[str] = None

    @property
    def said_here(self) -> bool:
        """Whether this conversation remembers anything that the person said."""
        return bool(self.answers or self.place or self.age)

    @property
    def sent(self) -> bool:
        """Whether another system may have the request."""
        return any(dispatch.kind == INTAKE and dispatch.sent for dispatch in self.outbox)

    @property
    def appointment(self) -> Optional[Appointment]:
        """The appointment that would fall away: agreed, or held in this conversation."""
        agreed = self.status.appointment if self.status else None
        if agreed is not None:
            return agreed if agreed.state in ("held", "provisional", "confirmed") else None
        held = self.answers.value(slots.BOOKING_SLOT)
        return Appointment.from_json(held) if isinstance(held, dict) else None

    @property
    def granted(self) -> list[ConsentRecord]:
        """The consents that hold, in the order in which they are asked for."""
        order = list(Purpose)
        held = (record for record in self.records if record.holds)
        return sorted(held, key=lambda record: order.index(record.consent.purpose))

    def holds(self, purpose: Purpose) -> bool:
        return any(record.consent.purpose is purpose for record in self.granted)

    def appointment_ids(self) -> list[str]:
        """All appointments that may exist, also while the backend does not answer."""
        sent = [entry.key.partition(":")[2] for entry in self.outbox if entry.kind == CONFIRM]
        known = [self.appointment.appointment_id] if self.appointment else []
        return list(dict.fromkeys([*known, *sent]))


@dataclass
class Erasure:
    """One withdrawal on its way through the systems, in their order."""

    standing: Standing
    purpose: Purpose
    stopped: int = 0
    done: Mapping[str, Delivered] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    """Kinds of messages that wait for a system that does not answer."""
    refused: frozenset[str] = frozenset()
    """Kinds of messages that another system will never take."""

    @property
    def fallen(self) -> frozenset[Purpose]:
        return FALLS_WITH[self.purpose]

    def outcome(self, part: str) -> str:
        """What the backend said became of a part; empty if it said nothing."""
        told = self.done.get(WITHDRAW)
        return told.outcome.get(part, "") if told else ""


class System(Protocol):
    """A place that holds something about a person."""

    part: Part
    holds: frozenset[str]
    """Slots of the conversation, or ``table.column``; of another party's system only what it is told."""

    def export(self, standing: Standing) -> Any:
        """What is held, as JSON; None if nothing is."""

    async def erase(self, erasure: Erasure) -> Result:
        """Let go of what was held on the consent; tells what became of it."""


class Records:
    """The consent ledger. What is left of a withdrawn consent names nobody: it proves that there was one, until its time."""

    part = Part.CONSENT
    holds = frozenset(f"consent.{name}" for name in (*Consent.__dataclass_fields__, "withdrawn_at")) | {
        "receipt.intake_id",
        "receipt.code_hash",
        "receipt.submitted_at",
        "receipt.delivered_at",
    }

    def __init__(self, ledger: Ledger, clock: Clock, withdrawal: Withdrawal) -> None:
        self._ledger, self._clock, self._withdrawal = ledger, clock, withdrawal

    def export(self, standing: Standing) -> Any:
        """Told in full by the consent receipt (services/consent_receipts.py)."""
        return [record.consent.consent_id for record in standing.records] or None

    async def erase(self, erasure: Erasure) -> Result:
        """The one transaction: consents end, what waits is destroyed, what others must be told is queued."""
        standing, fallen = erasure.standing, erasure.fallen
        ended = any(record.consent.purpose in fallen for record in standing.granted)
        stop = [kind for kind, purpose in ((INTAKE, Purpose.INTAKE), (CONFIRM, Purpose.APPOINTMENT)) if purpose in fallen]
        now = self._clock()
        erasure.stopped = await asyncio.to_thread(
            self._ledger.withdraw, standing.intake_id, fallen, stop, self._messages(erasure), now, now + HEAD_START
        )
        return Result.WITHDRAWN if ended else Result.NOTHING

    def _messages(self, erasure: Erasure) -> list[OutboxItem]:
        standing, purpose = erasure.standing, erasure.purpose
        case, messages = standing.intake_id, []
        if standing.submitted and (
            purpose is not Purpose.INTAKE or standing.sent or self._withdrawal is not Withdrawal.IMPOSSIBLE
        ):
            body = {"purpose": purpose.value}
            messages.append(OutboxItem(withdrawal_key(case, purpose), case, WITHDRAW, body))
        if Purpose.APPOINTMENT in erasure.fallen or (Purpose.INTERPRETER in erasure.fallen and not standing.submitted):
            for appointment_id in standing.appointment_ids():
                body = {"appointment_id": appointment_id}
                messages.append(OutboxItem(f"{RELEASE}:{appointment_id}", case, RELEASE, body))
        return messages


class Transit:
    """The outbox: what is on its way to others, encrypted until it has arrived, and what others call it."""

    part = Part.TRANSIT
    holds = frozenset({"outbox.key", "outbox.intake_id", "outbox.body", "outbox.reference"})

    def __init__(self, ledger: Ledger, delivery: Delivery) -> None:
        self._ledger, self._delivery = ledger, delivery

    def export(self, standing: Standing) -> Any:
        return [entry.kind for entry in standing.outbox if entry.waiting] or None

    async def erase(self, erasure: Erasure) -> Result:
        """Its content was destroyed with the consent; what is left to do is to tell the others."""
        done = await self._delivery.deliver_intake(erasure.standing.intake_id)
        erasure.done = {item.kind: item for item in done if item.arrived}
        left = await asyncio.to_thread(self._ledger.outbox_of, erasure.standing.intake_id)
        erasure.open = frozenset(entry.kind for entry in left if entry.waiting)
        erasure.refused = frozenset(entry.kind for entry in left if not entry.waiting and not entry.sent)
        return Result.STOPPED if erasure.stopped else Result.NOTHING


class Conversation:
    """The conversation store (bot/tracker_store.py): what was said here, and the answers in its slots.

    The action does the erasing (actions/privacy.py), because only events reach the store: an emptied slot takes its answer out
    of all turns, a reset of all slots deletes the whole conversation before it. The store expires the rest.
    """

    part = Part.ANSWERS
    holds = slots.ANSWERS | {
        slots.PLACE,
        slots.AGE,
        slots.WRITER,
        slots.BOOKING_OFFERED,
        slots.CODE,
        slots.STATUS_CODE,
        "conversation_turn.conversation",
        "conversation_turn.message_id",
        "conversation_turn.data",
    }

    def export(self, standing: Standing) -> Any:
        besides = {name: said for name, said in ((slots.PLACE, standing.place), (slots.AGE, standing.age)) if said}
        return {**{name: answer.to_slot() for name, answer in standing.answers.items()}, **besides} or None

    async def erase(self, erasure: Erasure) -> Result:
        if not erasure.standing.said_here:
            return Result.NOTHING
        return Result.DELETED if Purpose.INTAKE in erasure.fallen else Result.STAYS


class Case:
    """The case in the case-management system."""

    part = Part.CASE
    holds = frozenset({"intake"})

    def __init__(self, withdrawal: Withdrawal) -> None:
        self._withdrawal = withdrawal

    def export(self, standing: Standing) -> Any:
        if standing.status is None:
            return None if standing.told else {"state": None, "reason": "not_told", "changed_at": None}
        return {"state": standing.status.state, "reason": standing.status.reason, "changed_at": standing.status.changed_at}

    async def erase(self, erasure: Erasure) -> Result:
        if not erasure.standing.submitted:
            return Result.NOTHING
        if WITHDRAW in erasure.refused:
            return Result.ASK_THERE
        if WITHDRAW in erasure.open:
            return Result.LATER
        if self._withdrawal is Withdrawal.IMPOSSIBLE:
            # It was never sent, so there was nobody to tell; what waited is destroyed.
            return Result.NOTHING
        usual = FALLEN[self._withdrawal] if erasure.purpose is Purpose.INTAKE else Result.STAYS
        # Without a word on it another process told the backend, just before or long ago.
        return {"none": Result.NOTHING}.get(erasure.outcome("case"), usual)


class Calendar:
    """The appointment."""

    part = Part.APPOINTMENT
    holds = frozenset({"appointment"})

    def export(self, standing: Standing) -> Any:
        return standing.appointment.to_json() if standing.appointment else None

    async def erase(self, erasure: Erasure) -> Result:
        standing = erasure.standing
        held_with_interpreter = not standing.submitted and erasure.purpose is Purpose.INTERPRETER
        falls = Purpose.APPOINTMENT in erasure.fallen or held_with_interpreter
        if not falls:
            return Result.STAYS if standing.appointment else Result.NOTHING
        maybe = standing.appointment is not None or not standing.reachable
        if maybe and erasure.open & {WITHDRAW, RELEASE}:
            return Result.LATER
        gone = standing.appointment is not None or erasure.outcome("appointment") == "cancelled"
        return Result.CANCELLED if gone else Result.NOTHING


class Interpreters:
    """The request to the interpreter pool: kept by the backend with the appointment."""

    part = Part.INTERPRETER
    holds = frozenset({"interpreter_request"})

    def export(self, standing: Standing) -> Any:
        return standing.appointment.slot.interpreter if standing.appointment else None

    async def erase(self, erasure: Erasure) -> Result:
        standing = erasure.standing
        asked = standing.appointment is not None and standing.appointment.slot.interpreter in ("requested", "secured")
        if Purpose.INTERPRETER not in erasure.fallen:
            return Result.STAYS if asked else Result.NOTHING
        if WITHDRAW in erasure.open and (asked or not standing.reachable) and standing.submitted:
            return Result.LATER
        return Result.CANCELLED if asked or erasure.outcome("interpreter") == "cancelled" else Result.NOTHING


def all_systems(ledger: Ledger, delivery: Delivery, clock: Clock, withdrawal: Withdrawal) -> tuple[System, ...]:
    """The registry, in the order in which a withdrawal goes through it: first the record, then what others are told."""
    first = (Records(ledger, clock, withdrawal), Transit(ledger, delivery))
    return (*first, Conversation(), Case(withdrawal), Calendar(), Interpreters())
