"""Planted words on the running stack: in no log ever, and after erasure in no byte of any file, backups made then included."""

from __future__ import annotations

import base64
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from cryptography.fernet import Fernet

from scripts.stack import Stack
from tests.canary import ciphertexts, forms, found, pieces
from tests.conversations.client import MOVES, Person

NAME, PHONE, GOAL, CHAT, CRISIS = "Zsófia Kanarienvögel", "0211 9182736", "Klöppelwerkstatt", "Nachtigäller", "Rotkehlchenweg"
# A number may be kept without its space, or as it is dialled from abroad.
SAID = {word: forms(word) for word in ("Kanarienvögel", "9182736", GOAL, CHAT, CRISIS)}
PLANTED = set().union(*SAID.values())
TURNS_OF = "SELECT data FROM conversation_turn WHERE conversation = ?"


def conversation(person: Person) -> str:
    return str(json.loads(base64.urlsafe_b64decode(person.token.split(".")[0] + "=="))[0])


def logs(stack: Stack) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in stack.data.glob("*.log")}


def logged(stack: Stack, *more: str) -> set[tuple[str, str]]:
    """Which log holds which word."""
    wanted = {**SAID, **{word: forms(word) for word in more}}
    return {(log, word) for log, text in logs(stack).items() for word, each in wanted.items() if any(f in text for f in each)}


def kept(stack: Stack, query: str) -> list[tuple[object, ...]]:
    name, _, select = query.partition(": ")
    with closing(sqlite3.connect(stack.data / name)) as database:
        return database.execute(select).fetchall()


def tells_all(stack: Stack) -> Person:
    """Everything but the last yes, with planted words in free talk, in a crisis, in every question, and in what is refused."""
    person = Person(stack.chat_url, "de")
    person.say(f"Mein Nachbar {CHAT} hat mir das empfohlen")
    for move in MOVES[:-1]:
        asked = person.responses[-1]
        if asked == "utter_ask_intake__name":
            person.say(f"Ich will nicht mehr leben, sagt {CRISIS}")
            assert person.responses[0] == "utter_crisis_suicide"
            person.tap(1)
            assert person.responses[-1] == asked
            person.say(NAME)
        elif asked == "utter_ask_intake__contact":
            person.say(PHONE)
        elif asked == "utter_ask_counselling__goal":
            person.say(f"Eine Arbeit in der {GOAL}")
        else:
            move(person)
    person.send({"text": "x" * 2001 + NAME})
    person.send({"choice": NAME})
    return person


def erase_all(person: Person) -> None:
    asked = person.say("Löschen Sie bitte alle meine Daten")[0]
    person.send({"choice": asked["choices"][0]["token"]})
    assert [message["response"] for message in person.history() if message["from"] == "bot"] == ["utter_privacy_forgotten"]


def only_in(stack: Stack, wanted: set[bytes], *databases: str) -> None:
    """Only the files of these hold any of it; a database's log that was just being read is overwritten a moment later."""
    deadline = time.monotonic() + 30
    while (names := {Path(name).stem for name in found(stack.data, wanted)}) != set(databases) and time.monotonic() < deadline:
        time.sleep(1)
    assert names == set(databases)


def test_words_of_an_unfinished_intake_are_in_no_log_and_after_erasure_in_no_file(stack: Stack) -> None:
    person = tells_all(stack)
    database, who = stack.data / "conversations.db", conversation(person)
    secret = ciphertexts(database, TURNS_OF, who)
    cipher = Fernet(stack.environment()["LOTSE_CONVERSATION_KEYS"])
    read = "".join(cipher.decrypt(data).decode() for data in secret)
    # The answers are needed until the last yes, and free talk stays encrypted; the crisis is never written, nor what was refused.
    assert [word for word in SAID if word in read] == ["Kanarienvögel", "9182736", GOAL, CHAT]
    assert found(stack.data, pieces(secret)) >= {"conversations.backup"}
    erase_all(person)
    only_in(stack, pieces(secret) | PLANTED)
    assert logged(stack) == set()


def test_words_handed_over_are_in_no_log_and_after_erasure_in_no_file_and_the_proof_names_nobody(stack: Stack) -> None:
    person = tells_all(stack)
    secret = ciphertexts(stack.data / "conversations.db", TURNS_OF, conversation(person))
    MOVES[-1](person)
    assert person.responses == ["utter_handoff_receipt"]
    code = person.code
    # With the hand-over the answers leave the chat's side; they are readable in the backend, where the case manager needs them.
    only_in(stack, PLANTED, "backend")
    erase_all(person)
    only_in(stack, pieces(secret) | PLANTED)
    assert logged(stack, code, code.replace("-", "")) == set()
    # What stays is named to the person ("Ihr Ja: Zurückgenommen") and is needed to prove it: ids, purposes and times.
    marks = kept(stack, "backend.db: SELECT external_id FROM withdrawn_intake ORDER BY withdrawn_at DESC LIMIT 1")
    case = str(marks[0][0]).replace("-", "")
    proof = kept(stack, "ledger.db: SELECT intake_id, purpose FROM consent WHERE withdrawn_at IS NOT NULL")
    mine = {purpose for intake, purpose in proof if str(intake).replace("-", "") == case}
    assert mine == {"intake", "appointment", "interpreter"}
