"""What people say about themselves stays out of every log."""

from __future__ import annotations

from scripts.stack import Stack
from tests.conversations.client import Person
from tests.conversations.test_crashes import MOVES

CANARIES = ("Kanarienvogel", "Eine Wohnung für meine Familie", "1234567")


def test_name_goal_and_number_are_in_no_log(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    for move in MOVES:
        if person.responses == ["utter_ask_intake__name"]:
            person.say("Anna Kanarienvogel")
        else:
            move(person)
    assert person.responses == ["utter_handoff_receipt"]
    person.send({"text": "x" * 2001 + CANARIES[0]})
    logs = {path.name: path.read_text(errors="replace") for path in stack.data.glob("*.log")}
    assert {"bot.log", "actions.log", "worker.log", "backend.log"} <= logs.keys()
    assert {(name, canary) for name, text in logs.items() for canary in (*CANARIES, person.code) if canary in text} == set()
