"""Killing the backend, the action server or the worker at any moment of the loop loses nothing and doubles nothing."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from scripts.stack import Stack
from tests.conftest import a_stack
from tests.conversations.client import MOVES, Person

TECHNICAL_PROBLEM = "utter_technical_problem"
BEFORE_SUBMISSION = len(MOVES) - 1


class StubbornPerson(Person):
    """Sends a message again as the widget does.

    Where the bot says that something has failed, taps "try again", and repeats the answer if the same question is still open.
    """

    def _turn(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        asked = self.responses[-1]
        self._deliver(body)
        while TECHNICAL_PROBLEM in self.responses:
            time.sleep(0.5)
            self._deliver({"choice": self.choices[0]["token"]})
            if self.responses[-1] == asked:
                self._deliver(body)
        return self.last

    def _deliver(self, body: dict[str, Any]) -> None:
        message_id, again = str(uuid.uuid4()), False
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                answer = self.send(body, message_id, again)
            except httpx.TransportError:
                again = True
                time.sleep(0.2)
                continue
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                again = True
                time.sleep(0.2)
                continue
            answer.raise_for_status()
            self.last = answer.json()["messages"]
            return
        raise AssertionError("no answer within a minute")


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of its own, because its processes are killed."""
    with a_stack(tmp_path_factory.mktemp("frail")) as running:
        yield running


def restart(stack: Stack, name: str) -> None:
    stack.kill(name)
    if name == "worker":
        (stack.data / "worker.alive").unlink(missing_ok=True)
    stack.start(name)
    stack.wait(name)


def cases(stack: Stack) -> tuple[int, int]:
    """How many intakes and how many lasting appointments the backend has."""
    with sqlite3.connect(stack.data / "backend.db") as database:
        intakes = database.execute("select count(*) from intake").fetchone()[0]
        kept = database.execute("select count(*) from appointment where state in ('provisional', 'confirmed')").fetchone()[0]
    database.close()
    return intakes, kept


def arrives(stack: Stack, expected: tuple[int, int]) -> None:
    # Longer than an item stays with a process that was killed (LEASE in actions/services/delivery.py).
    deadline = time.monotonic() + 90
    while cases(stack) != expected and time.monotonic() < deadline:
        time.sleep(0.3)
    # A moment more, in which a second delivery would show.
    time.sleep(2)
    assert cases(stack) == expected


@pytest.mark.parametrize("victim", ["backend", "actions", "worker"])
def test_process_killed_and_restarted_between_any_two_turns(frail: Stack, victim: str) -> None:
    intakes, kept = cases(frail)
    person = Person(frail.chat_url, "de")
    for number, move in enumerate(MOVES):
        move(person)
        if number % 3 == 2:
            restart(frail, victim)
    assert person.responses == ["utter_handoff_receipt"]
    arrives(frail, (intakes + 1, kept + 1))


def test_backend_down_at_submission_is_told_and_delivered_later(frail: Stack) -> None:
    intakes, kept = cases(frail)
    person = Person(frail.chat_url, "de")
    for move in MOVES[:BEFORE_SUBMISSION]:
        move(person)
    frail.kill("backend")
    person.tap(1)
    assert person.responses == ["utter_handoff_receipt_pending"]
    frail.start("backend")
    frail.wait("backend")
    arrives(frail, (intakes + 1, kept + 1))
    person.command("status")
    assert person.responses == ["utter_status"]


def test_action_server_down_is_told_and_the_question_stays_open(frail: Stack) -> None:
    person = Person(frail.chat_url, "de")
    for move in MOVES[:7]:
        move(person)
    frail.kill("actions")
    person.say("Maria Muster")
    assert person.responses == ["utter_technical_problem"]
    frail.start("actions")
    frail.wait("actions")
    person.say("Maria Muster")
    assert person.responses == ["utter_ask_intake__contact"]


def test_submission_sent_twice_while_the_action_server_dies_is_one_case(frail: Stack) -> None:
    intakes, kept = cases(frail)
    person = Person(frail.chat_url, "de")
    for move in MOVES[:BEFORE_SUBMISSION]:
        move(person)
    body = {"choice": person.last[-1]["choices"][0]["token"]}
    frail.kill("actions")
    assert person.send(body, "submission-1").status_code == httpx.codes.OK
    frail.start("actions")
    frail.wait("actions")
    person.say("Ich brauche persönliche Hilfe")
    if person.responses != ["utter_handoff_receipt"]:
        person.tap(1)
    assert person.responses == ["utter_handoff_receipt"]
    arrives(frail, (intakes + 1, kept + 1))
