"""In-memory twins of the ports, kept to the same contract by the same tests. For tests and for trying things out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from typing import Any, Optional

from actions.adapters.intake_contract import encoded
from actions.model.appointment import Appointment, CaseStatus, Slot
from actions.model.consent import FALLS_WITH, Consent, ConsentRecord, Purpose, Withdrawal
from actions.model.content import CodeLists, ConsentText, Notice, Office, Passage, Profile, Topic
from actions.model.errors import BackendRefused, BackendUnavailable, ConsentMissing, SlotTaken
from actions.model.leitfaden import Leitfaden
from actions.services.ports import Dispatch, OutboxEntry, OutboxItem, ReceiptRecord


@dataclass
class _Waiting:
    item: OutboxItem
    due_at: datetime
    submitted_at: datetime
    claimed_until: Optional[datetime] = None
    delivered: bool = False
    buried_at: Optional[datetime] = None
    reported: bool = False
    reference: Optional[str] = None
    error: Optional[str] = None


def _entry(waiting: _Waiting) -> OutboxEntry:
    return OutboxEntry(
        key=waiting.item.key,
        kind=waiting.item.kind,
        submitted_at=waiting.submitted_at,
        attempts=waiting.item.attempts,
        due_at=waiting.due_at,
        buried_at=waiting.buried_at,
        error=waiting.error,
    )


class MemoryLedger:
    """The ledger port in dictionaries."""

    def __init__(self) -> None:
        self._consents: dict[str, Consent] = {}
        self._submitted: set[str] = set()
        self._withdrawn: dict[str, datetime] = {}
        self._receipts: dict[str, ReceiptRecord] = {}
        self._outbox: dict[str, _Waiting] = {}

    def record_consent(self, consent: Consent) -> None:
        if consent.consent_id in self._withdrawn and consent.consent_id not in self._submitted:
            del self._withdrawn[consent.consent_id], self._consents[consent.consent_id]
        self._consents.setdefault(consent.consent_id, consent)

    def withdraw_consent(self, consent_id: str, at: datetime) -> None:
        if consent_id in self._consents and consent_id not in self._submitted:
            self._withdrawn[consent_id] = at

    def consents(self, intake_id: str) -> list[Consent]:
        return [record.consent for record in self.records(intake_id) if record.holds]

    def records(self, intake_id: str) -> list[ConsentRecord]:
        mine = [consent for consent in self._consents.values() if consent.intake_id == intake_id]
        return [
            ConsentRecord(consent, consent.consent_id in self._submitted, _text(self._withdrawn.get(consent.consent_id)))
            for consent in sorted(mine, key=lambda consent: (consent.granted_at, consent.consent_id))
        ]

    def withdraw(
        self,
        intake_id: str,
        purposes: Collection[Purpose],
        stop: Collection[str],
        outbox: Sequence[OutboxItem],
        at: datetime,
        due: Optional[datetime] = None,
    ) -> int:
        for consent in self.consents(intake_id):
            if consent.purpose in purposes:
                self._withdrawn[consent.consent_id] = at
        stopped = 0
        for key, waiting in list(self._outbox.items()):
            if waiting.item.intake_id == intake_id and waiting.item.kind in stop:
                waiting.reference = None
                if not waiting.delivered:
                    stopped += waiting.buried_at is None
                    del self._outbox[key]
        for item in outbox:
            self._outbox.setdefault(item.key, _Waiting(replace(item, attempts=0), due or at, at))
        return stopped

    def outbox_of(self, intake_id: str) -> list[Dispatch]:
        return [
            Dispatch(
                waiting.item.key,
                waiting.item.kind,
                waiting=not waiting.delivered and waiting.buried_at is None,
                sent=waiting.delivered or waiting.reference is not None,
            )
            for waiting in self._outbox.values()
            if waiting.item.intake_id == intake_id
        ]

    def submit(
        self,
        intake_id: str,
        code_hash: str,
        consents: Sequence[Consent],
        outbox: Sequence[OutboxItem],
        at: datetime,
        due: Optional[datetime] = None,
    ) -> bool:
        if any(receipt.intake_id == intake_id for receipt in self._receipts.values()):
            return False
        wanted = {consent.consent_id for consent in consents}
        if not wanted or not wanted <= {consent.consent_id for consent in self.consents(intake_id)}:
            raise ConsentMissing(intake_id)
        self._submitted |= wanted
        self._receipts[code_hash] = ReceiptRecord(intake_id, at, delivered=False)
        for item in outbox:
            self._outbox[item.key] = _Waiting(replace(item, attempts=0), due or at, at)
        return True

    def receipt(self, code_hash: str) -> Optional[ReceiptRecord]:
        return self._receipts.get(code_hash)

    def claim(self, now: datetime, lease: timedelta, limit: int, intake_id: Optional[str] = None) -> list[OutboxItem]:
        claimed: list[OutboxItem] = []
        for waiting in self._outbox.values():
            free = waiting.claimed_until is None or waiting.claimed_until <= now
            due = waiting.item.intake_id == intake_id if intake_id else waiting.due_at <= now
            if len(claimed) < limit and free and due and not waiting.delivered and waiting.buried_at is None:
                waiting.claimed_until = now + lease
                waiting.item = replace(waiting.item, attempts=waiting.item.attempts + 1)
                claimed.append(waiting.item)
        return claimed

    def delivered(self, key: str, at: datetime) -> None:
        # What is being delivered may be withdrawn meanwhile; here, in postpone and in bury nothing is left to note then.
        waiting = self._outbox.get(key)
        if waiting is None:
            return
        waiting.delivered, waiting.item = True, replace(waiting.item, body={})
        if waiting.item.kind == "intake":
            for code_hash, receipt in self._receipts.items():
                if receipt.intake_id == waiting.item.intake_id:
                    self._receipts[code_hash] = replace(receipt, delivered=True)

    def postpone(self, key: str, until: datetime, error: str) -> None:
        if (waiting := self._outbox.get(key)) is None:
            return
        waiting.due_at, waiting.claimed_until, waiting.error = until, None, error

    def bury(self, key: str, error: str, at: datetime) -> None:
        if (waiting := self._outbox.get(key)) is None:
            return
        waiting.buried_at, waiting.claimed_until, waiting.error = at, None, error

    def references(self, intake_id: str) -> dict[str, str]:
        own = ((key, waiting.reference) for key, waiting in self._outbox.items() if waiting.item.intake_id == intake_id)
        return {key: reference for key, reference in own if reference is not None}

    def refer(self, key: str, reference: str) -> None:
        if key in self._outbox:
            self._outbox[key].reference = reference

    def undelivered(self) -> list[OutboxEntry]:
        return [_entry(waiting) for waiting in self._outbox.values() if not waiting.delivered]

    def unreported(self) -> list[OutboxEntry]:
        return [_entry(waiting) for waiting in self._outbox.values() if waiting.buried_at and not waiting.reported]

    def reported(self, key: str, at: datetime) -> None:
        self._outbox[key].reported = True

    def replay(self, key: str, at: datetime) -> bool:
        waiting = self._outbox.get(key)
        if waiting is None or waiting.buried_at is None:
            return False
        self._outbox[key] = _Waiting(replace(waiting.item, attempts=0), at, waiting.submitted_at)
        return True

    def drop(self, key: str) -> bool:
        waiting = self._outbox.get(key)
        if waiting is None or waiting.buried_at is None:
            return False
        del self._outbox[key]
        if waiting.item.kind == "intake":
            self._receipts = {
                code: receipt for code, receipt in self._receipts.items() if receipt.intake_id != waiting.item.intake_id
            }
        return True

    def encrypt_anew(self) -> int:
        return len(self.undelivered())

    def purge_drafts(self, older_than: datetime) -> int:
        limit = older_than.isoformat(timespec="seconds")
        drafts = [
            consent.consent_id
            for consent in self._consents.values()
            if consent.consent_id not in self._submitted and consent.granted_at < limit
        ]
        for consent_id in drafts:
            del self._consents[consent_id]
            self._withdrawn.pop(consent_id, None)
        return len(drafts)

    def purge_withdrawn(self, older_than: datetime) -> int:
        old = [consent_id for consent_id, at in self._withdrawn.items() if at < older_than]
        for consent_id in old:
            del self._consents[consent_id], self._withdrawn[consent_id]
        left = {consent.intake_id for consent in self._consents.values()}
        for code_hash, receipt in list(self._receipts.items()):
            if receipt.intake_id not in left and receipt.submitted_at < older_than:
                del self._receipts[code_hash]
        return len(old)


def _text(moment: Optional[datetime]) -> Optional[str]:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


LIVE = ("held", "provisional", "confirmed")


class MemoryBackend:
    """CaseBackend and Calendar in dictionaries; ``down`` makes every call fail as an unreachable backend does."""

    withdrawal = Withdrawal.ERASES

    def __init__(self, slots: Sequence[Slot] = ()) -> None:
        self.down = False
        self.intakes: dict[str, dict[str, Any]] = {}
        self.withdrawn: set[str] = set()
        self.appointments: dict[str, tuple[str, Appointment]] = {}
        self._slots = list(slots)

    def _reach(self) -> None:
        if self.down:
            raise BackendUnavailable("down")

    async def put_intake(self, payload: dict[str, Any]) -> None:
        self._reach()
        encoded(payload)
        if payload["external_id"] in self.withdrawn:
            raise BackendRefused("withdrawn")
        known = self.intakes.get(payload["external_id"])
        if known is not None and known != payload and known["revision"] == payload["revision"]:
            raise BackendRefused("revision_conflict")
        self.intakes[payload["external_id"]] = payload

    async def status(self, external_id: str) -> CaseStatus:
        self._reach()
        if external_id in self.withdrawn:
            return CaseStatus("withdrawn", "by_person", "2026-11-21T09:00:00+00:00", None)
        if external_id not in self.intakes:
            raise BackendRefused("unknown_intake")
        own = [appointment for case, appointment in self.appointments.values() if case == external_id]
        return CaseStatus("received", None, self.intakes[external_id]["submitted_at"], own[-1] if own else None)

    async def withdraw(self, external_id: str, purpose: Purpose) -> Mapping[str, str]:
        self._reach()
        known = external_id in self.intakes
        if purpose is not Purpose.INTAKE and not known and external_id not in self.withdrawn:
            raise BackendRefused("unknown_intake")
        fallen = FALLS_WITH[purpose]
        live = [key for key, (case, held) in self.appointments.items() if case == external_id and held.state in LIVE]
        asked = [key for key in live if self.appointments[key][1].slot.interpreter == "requested"]
        result = {
            "case": "kept" if known else "none",
            "appointment": _outcome(live, Purpose.APPOINTMENT in fallen),
            "interpreter": _outcome(asked, Purpose.INTERPRETER in fallen),
        }
        for key in live:
            case, held = self.appointments[key]
            if Purpose.APPOINTMENT in fallen:
                self.appointments[key] = (case, replace(held, state="cancelled"))
            elif Purpose.INTERPRETER in fallen and key in asked:
                alone = replace(held.slot, interpreter="not_needed")
                self.appointments[key] = (case, replace(held, state="confirmed", slot=alone))
        if purpose is not Purpose.INTAKE:
            return result
        erased = known or external_id in self.withdrawn
        self.intakes.pop(external_id, None)
        self.withdrawn.add(external_id)
        return {**result, "case": "erased" if erased else "none"}

    def _taken(self, slot_id: str) -> bool:
        return any(held.slot.slot_id == slot_id and held.state in LIVE for _, held in self.appointments.values())

    async def free_slots(self, language: str, interpreter: bool, after: Optional[str], limit: int) -> list[Slot]:
        self._reach()
        free = [slot for slot in self._slots if not self._taken(slot.slot_id) and (not after or slot.starts_at > after)]
        return sorted(free, key=lambda slot: slot.starts_at)[:limit]

    async def hold(self, appointment_id: str, slot: Slot, external_id: str, language: str, interpreter: bool) -> Appointment:
        self._reach()
        if appointment_id in self.appointments:
            return self.appointments[appointment_id][1]
        if self._taken(slot.slot_id):
            raise SlotTaken(slot.slot_id)
        held = Appointment(appointment_id, "held", slot)
        self.appointments[appointment_id] = (external_id, held)
        return held

    async def confirm(self, appointment_id: str) -> Appointment:
        self._reach()
        if appointment_id not in self.appointments:
            raise BackendRefused("unknown_appointment")
        external_id, held = self.appointments[appointment_id]
        state = "provisional" if held.slot.interpreter == "requested" else "confirmed"
        self.appointments[appointment_id] = (external_id, replace(held, state=state))
        return self.appointments[appointment_id][1]

    async def release(self, appointment_id: str) -> None:
        self._reach()
        if appointment_id in self.appointments:
            external_id, held = self.appointments[appointment_id]
            self.appointments[appointment_id] = (external_id, replace(held, state="cancelled"))


def _outcome(found: Sequence[str], falls: bool) -> str:
    return ("cancelled" if falls else "kept") if found else "none"


@dataclass
class MemoryContent:
    """The content port from given values."""

    profile: Profile
    codes: CodeLists
    topics: list[Topic] = field(default_factory=list)
    passages: dict[str, Passage] = field(default_factory=dict)
    places: dict[str, list[Office]] = field(default_factory=dict)
    consent_texts: dict[str, ConsentText] = field(default_factory=dict)
    notice: Notice = Notice((), "")
    leitfaden: Leitfaden = Leitfaden("", date.min, (), {}, {}, ())

    def topic_for(self, intent: str) -> Optional[Topic]:
        return next((topic for topic in self.topics if topic.intent == intent), None)

    def offices(self, service: str) -> list[Office]:
        return list(self.places.get(service, ()))

    def consent_text(self, purpose: str) -> ConsentText:
        return self.consent_texts[purpose]
