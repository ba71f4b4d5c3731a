"""Many people at once, over a flaky line to the backend, while all four processes are killed again and again.

Afterwards the backend has every request that was submitted, once, and no other. ``LOTSE_CRASH_INTAKES`` says how many people,
``LOTSE_CRASH_PEOPLE`` how many at a time, ``LOTSE_CRASH_SEED`` repeats what was drawn (not how the threads took turns);
``make crash-test`` is the large run.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from actions.model import case_code
from scripts.stack import Stack, free_port
from tests.conversations.random_people import RECEIPTS, TAKEN_BACK, USUAL, Ending, NeverAnswered, RandomPerson
from tests.flaky import FlakyLine
from tests.killer import LIVES, Killer, StackOverLine

INTAKES = int(os.environ.get("LOTSE_CRASH_INTAKES", "6"))
PEOPLE_AT_A_TIME = int(os.environ.get("LOTSE_CRASH_PEOPLE", "6"))
SEED = int(os.environ.get("LOTSE_CRASH_SEED") or secrets.randbelow(10**6))
SHARE_OF_FAULTS = 0.3
SECONDS_TO_DRAIN = 420
"""Longer than the longest pause between two tries (services/delivery.py)."""


@dataclass
class Kept:
    """What stands in the databases at the end."""

    consented: set[str]
    """Ids of intakes for whose hand-over the ledger ever had a consent."""
    submitted: set[str]
    """Ids of intakes in the ledger that were submitted and not taken back."""
    codes: dict[str, str]
    """Fingerprint of the code by intake."""
    undelivered: list[tuple[str, str]]
    arrived: dict[str, str]
    """Ids of intakes in the backend, and the name in each."""
    booked: Counter[str]
    """Lasting appointments by intake."""

    @classmethod
    def by(cls, stack: Stack) -> Kept:
        ledger, backend = stack.data / "ledger.db", stack.data / "backend.db"
        standing = (
            "SELECT intake_id FROM receipt JOIN consent USING (intake_id) WHERE purpose = 'intake' AND withdrawn_at IS NULL"
        )
        booked = "SELECT external_id FROM appointment WHERE state IN ('provisional', 'confirmed')"
        return cls(
            consented={row[0] for row in _rows(ledger, "SELECT intake_id FROM consent WHERE purpose = 'intake'")},
            submitted={row[0] for row in _rows(ledger, standing)},
            codes=dict(_rows(ledger, "SELECT intake_id, code_hash FROM receipt")),
            undelivered=_rows(ledger, "SELECT key, coalesce(last_error, '') FROM outbox WHERE delivered_at IS NULL"),
            arrived={
                _id(row[0]): json.loads(row[1])["person"]["name"]["original"]
                for row in _rows(backend, "SELECT external_id, payload FROM intake")
            },
            booked=Counter(_id(row[0]) for row in _rows(backend, booked)),
        )


def _rows(path: Path, query: str) -> list[Any]:
    database = sqlite3.connect(path, timeout=10)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def _id(stored: str) -> str:
    """The backend's SQLite keeps ids without hyphens."""
    plain = stored.replace("-", "")
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


@dataclass
class Run:
    """Everybody's story, and what there is at the end."""

    people: list[RandomPerson]
    killer: Killer
    line: FlakyLine
    kept: Kept
    stack: Stack
    trouble: list[str]
    """People who got no answer or went in circles, processes that did not come back."""
    seconds: float

    def of(self, person: RandomPerson) -> set[str]:
        """What arrived of this person."""
        return self.kept.arrived.keys() & set(person.intake_ids)

    def lost(self) -> list[int]:
        """People with a code or a request in the ledger, not taken back, of whom nothing arrived."""
        told = (p for p in self.people if p.codes or self.kept.submitted & set(p.intake_ids))
        return [p.number for p in told if not TAKEN_BACK & set(p.seen) and not self.of(p)]

    def table(self) -> str:
        """The counts."""
        endings = Counter(person.ending for person in self.people)
        names = Counter(self.kept.arrived.values())
        counts = {
            "seed": SEED,
            "seconds": round(self.seconds),
            "intakes begun": sum(person.begun for person in self.people),
            "consented": sum(person.consented for person in self.people),
            "declined": endings[Ending.DECLINES_HELP] + endings[Ending.DECLINES_CONSENT],
            "withdrawn midway": sum(p.ending is Ending.WITHDRAWS and bool(TAKEN_BACK & set(p.seen)) for p in self.people),
            "left midway": endings[Ending.LEAVES],
            "taken back after submitting": sum(bool(p.codes) and bool(TAKEN_BACK & set(p.seen)) for p in self.people),
            "submitted": len(self.kept.codes),
            "submitted and not taken back": len(self.kept.submitted),
            "arrived": len(self.kept.arrived),
            "doubled": sum(count - 1 for count in names.values()),
            "lost": len(self.lost()),
            "without consent": len(self.kept.arrived.keys() - self.kept.submitted),
            "appointments booked": sum(self.kept.booked.values()),
            "told that something failed": sum(person.seen["utter_technical_problem"] for person in self.people),
            "told that delivery is pending": sum("utter_handoff_receipt_pending" in person.seen for person in self.people),
            "calls to the backend": sum(self.line.calls.values()),
            "calls that found no backend": self.line.unreachable,
            **{f"fault: {fault.value}": count for fault, count in sorted(self.line.faults.items())},
            **{f"killed: {name}": self.killer.killed(name) for name in LIVES},
            **{f"killed: {name}, {moment}": count for (name, moment), count in sorted(self.killer.kills.items())},
        }
        return "\n".join(["", *(f"{name:60} {count:>8}" for name, count in counts.items())])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The run; the tests look at what came of it."""
    print(f"\nLOTSE_CRASH_SEED={SEED}")
    chance = random.Random(SEED)  # noqa: S311 - a repeatable choice
    ports = {name: free_port() for name in ("bot", "actions", "backend")}
    line = FlakyLine(ports["backend"], SHARE_OF_FAULTS, random.Random(f"{SEED}:line"))  # noqa: S311 - see above
    with line.open():
        stack = StackOverLine(tmp_path_factory.mktemp("crash-run"), ports=ports, line_port=line.port)
        with stack:
            people = [
                RandomPerson(stack.chat_url, number, ending, random.Random(f"{SEED}:{number}"))  # noqa: S311 - see above
                for number, ending in enumerate(endings(INTAKES, chance))
            ]
            killer = Killer(stack, line, lambda: any(person.waits for person in people), SEED)
            began = time.monotonic()
            with killer.at_work(), ThreadPoolExecutor(PEOPLE_AT_A_TIME) as street:
                told = [story for story in street.map(live, people) if story]
            line.honest = True
            drain(stack)
            whole = Run(people, killer, line, Kept.by(stack), stack, told + killer.failed, time.monotonic() - began)
            print(whole.table())
            yield whole


def endings(number: int, chance: random.Random) -> list[Ending]:
    """How the stories end: in a small run the usual ones for certain."""
    certain = [Ending.SUBMITS, Ending.SUBMITS, Ending.DECLINES_CONSENT, Ending.WITHDRAWS, Ending.TAKES_BACK, Ending.HANGS_UP]
    drawn = chance.choices(list(USUAL), list(USUAL.values()), k=max(0, number - len(certain)))
    return [*certain, *drawn][:number]


def live(person: RandomPerson) -> str:
    """Live a story; what went wrong with it, if anything."""
    try:
        person.live()
    except NeverAnswered as error:
        return str(error)
    return ""


def drain(stack: Stack) -> None:
    """Wait until nothing is on its way, and a moment more, in which a second delivery would show."""
    deadline = time.monotonic() + SECONDS_TO_DRAIN
    waiting = "SELECT count(*) FROM outbox WHERE delivered_at IS NULL AND buried_at IS NULL"
    while _rows(stack.data / "ledger.db", waiting) != [(0,)] and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(2)


def test_every_submitted_intake_arrives_exactly_once_and_no_other(run: Run) -> None:
    assert run.trouble == []
    assert run.kept.arrived.keys() == run.kept.submitted
    assert run.lost() == []
    assert [name for name, count in Counter(run.kept.arrived.values()).items() if count > 1] == []
    assert [person.number for person in run.people if len(run.of(person)) > 1] == []
    assert run.kept.undelivered == []


def test_what_people_were_told_is_what_happened(run: Run) -> None:
    gone = {person.number for person in run.people if TAKEN_BACK & set(person.seen)}
    received = {person.number for person in run.people if RECEIPTS & set(person.seen)}
    arrived = {person.number for person in run.people if run.of(person)}
    assert gone & arrived == set()
    silent = {person.number for person in run.people if person.ending is Ending.HANGS_UP}
    assert arrived - received - silent == set()
    bound = {person.number for person in run.people if person.ending is Ending.SUBMITS}
    assert bound - arrived == set()


def test_nothing_of_those_who_declined_or_left_arrives(run: Run) -> None:
    no = {Ending.DECLINES_HELP, Ending.DECLINES_CONSENT}
    assert [person.number for person in run.people if person.ending in no and run.kept.consented & set(person.intake_ids)] == []
    no |= {Ending.LEAVES, Ending.WITHDRAWS}
    assert [person.number for person in run.people if person.ending in no and run.of(person)] == []
    assert [person.number for person in run.people if person.ending in no and person.codes] == []


def test_every_code_that_was_shown_is_that_of_the_persons_own_request(run: Run) -> None:
    secret = run.stack.environment()["LOTSE_SECRET"].encode()
    shown = {(p.number, case_code.fingerprint(secret, code)) for p in run.people for code in p.codes}
    known = {(p.number, run.kept.codes[name]) for p in run.people for name in p.intake_ids if name in run.kept.codes}
    assert shown - known == set()
    assert [person.number for person in run.people if len(person.codes) > 1] == []


def test_appointments_are_booked_at_most_once_and_for_requests_only(run: Run) -> None:
    assert [name for name, count in run.kept.booked.items() if count > 1] == []
    assert run.kept.booked.keys() - run.kept.arrived.keys() == set()
    agreed = {name for person in run.people if person.agreed for name in run.of(person)}
    assert agreed - run.kept.booked.keys() == set()


def test_every_process_was_killed_and_every_fault_happened(run: Run) -> None:
    assert {name for name, _ in run.killer.kills} == set(LIVES)
    assert run.line.faults.total() > 0


def test_nothing_that_people_said_is_in_a_log(run: Run) -> None:
    logs = {path.name: path.read_text(errors="replace") for path in run.stack.data.glob("*.log")}
    assert {"bot.log", "actions.log", "worker.log", "backend.log"} <= logs.keys()
    secrets_ = [said for p in run.people for said in (p.word, p.phone.lstrip("0"), *p.codes)]
    assert [(name, said) for name, text in logs.items() for said in secrets_ if said in text] == []
