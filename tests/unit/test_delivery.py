"""Delivery: one item never holds up another, dead letters are told once, and slow recipients keep nobody waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

import pytest

from actions.adapters.memory import MemoryBackend, MemoryLedger
from actions.adapters.no_calendar import NoCalendar
from actions.model.consent import Consent, Purpose
from actions.model.errors import BackendRefused, ReceiptPending, SlotTaken
from actions.outbox import run
from actions.services.delivery import Delivered, Delivery
from actions.services.ports import OutboxItem
from actions.worker import report_dead_letters
from tests.dialogue import Talk
from tests.ways import without_appointment

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
CANARY = "Erfundene Kanarie"


class Backend(MemoryBackend):
    """Answers each intake as it says itself."""

    async def put_intake(self, payload: dict[str, Any]) -> None:
        answers: dict[str, Exception] = {
            "refused": BackendRefused("schema_violation"),
            "pending": ReceiptPending("submitted"),
            "lapsed": SlotTaken("slot_taken"),
            "broken": KeyError(CANARY),
        }
        if payload["answer"] in answers:
            raise answers[payload["answer"]]


def outbox(*answers: str) -> MemoryLedger:
    ledger = MemoryLedger()
    for number, answer in enumerate(answers):
        name = f"i{number}"
        consent = Consent(f"c{number}", name, Purpose.INTAKE, "Stelle", "t", "0" * 64, "ar", NOW.isoformat(), "web")
        ledger.record_consent(consent)
        body = {"answer": answer, "name": CANARY}
        ledger.submit(name, name, [consent], [OutboxItem(f"intake:{name}:1", name, "intake", body)], NOW)
    return ledger


def delivered(ledger: MemoryLedger, at: datetime = NOW) -> Sequence[Delivered]:
    return asyncio.run(Delivery(ledger, Backend(), NoCalendar(), lambda: at).deliver_due())


def test_items_that_are_refused_or_break_something_do_not_hold_up_others() -> None:
    done = delivered(outbox("refused", "broken", "pending", "taken"))
    assert [(item.arrived, item.refused, item.sent) for item in done] == [
        (False, True, False),
        (False, False, False),
        (False, False, True),
        (True, False, False),
    ]


def test_time_that_somebody_else_has_is_answered_and_no_dead_letter() -> None:
    ledger = outbox("lapsed")
    assert [(item.arrived, item.refused) for item in delivered(ledger)] == [(False, True)]
    assert (ledger.undelivered(), ledger.unreported()) == ([], [])


def test_item_is_still_tried_after_a_very_long_outage() -> None:
    ledger, at = outbox("broken"), NOW
    for _ in range(100):
        at += timedelta(minutes=6)
        assert len(delivered(ledger, at)) == 1
    assert [(entry.attempts, entry.due_at - at) for entry in ledger.undelivered()] == [(100, timedelta(minutes=5))]


def test_dead_letter_is_one_incident_line_without_content(caplog: pytest.LogCaptureFixture) -> None:
    ledger = outbox("refused", "broken")
    delivered(ledger)
    with caplog.at_level(logging.INFO):
        report_dead_letters(ledger, NOW)
        report_dead_letters(ledger, NOW)
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.split(": ", 1)[1] == "dead letter intake:i0:1: schema_violation"


def shown(ledger: MemoryLedger, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = run(ledger, arguments, NOW + timedelta(hours=3))
    output = capsys.readouterr()
    assert CANARY not in output.out + output.err
    return code, [" ".join(line.split()) for line in (output.out + output.err).splitlines()]


def test_administrator_sees_what_is_dead_and_what_waits(capsys: pytest.CaptureFixture[str]) -> None:
    ledger = outbox("refused", "broken", "taken")
    delivered(ledger)
    assert shown(ledger, capsys, "list") == (
        0,
        [
            "1 dead, 1 waiting",
            "dead 3 h 1 attempts schema_violation intake:i0:1",
            "waiting 3 h 1 attempts KeyError intake:i1:1",
        ],
    )
    assert shown(ledger, capsys, "show-error", "intake:i0:1") == (
        0,
        [
            "key intake:i0:1",
            "kind intake",
            "submitted 2026-11-21 09:00 UTC, 3 h ago",
            "attempts 1",
            "error schema_violation",
            "dead since 2026-11-21 09:00 UTC",
        ],
    )


def test_administrator_replays_and_drops_dead_letters_only(capsys: pytest.CaptureFixture[str]) -> None:
    ledger = outbox("refused", "refused", "broken")
    delivered(ledger)
    assert shown(ledger, capsys, "replay", "all") == (0, ["replayed: intake:i0:1", "replayed: intake:i1:1"])
    assert shown(ledger, capsys, "drop", "intake:i0:1") == (1, ["no dead letter: intake:i0:1"])
    delivered(ledger, NOW + timedelta(hours=3))
    assert shown(ledger, capsys, "drop", "intake:i0:1") == (0, ["dropped: intake:i0:1"])
    assert shown(ledger, capsys, "show-error", "intake:i0:1") == (1, ["nothing undelivered: intake:i0:1"])
    assert shown(ledger, capsys, "encrypt-anew") == (0, ["2 items are encrypted with the newest key"])


class Taken(MemoryLedger):
    """Somebody else has taken what is asked for, and delivered it if ``arrives``."""

    arrives = False

    def claim(self, now: datetime, lease: timedelta, limit: int, intake_id: Optional[str] = None) -> list[OutboxItem]:
        for item in super().claim(now, lease, limit, intake_id):
            if self.arrives:
                self.delivered(item.key, now)
        return []


@pytest.fixture
def ledger() -> Taken:
    return Taken()


@pytest.mark.parametrize(("arrives", "said"), [(True, "utter_handoff_receipt"), (False, "utter_handoff_receipt_pending")])
def test_request_that_somebody_else_delivers_has_arrived_only_when_that_is_noted(
    talk: Talk, ledger: Taken, arrives: bool, said: str
) -> None:
    ledger.arrives = arrives
    without_appointment(talk)
    assert talk.responses == [said]
