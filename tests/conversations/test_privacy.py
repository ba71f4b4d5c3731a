"""What people say about themselves goes from the conversation at the hand-over, and from everywhere when it is taken back."""

from __future__ import annotations

import base64
import json
import sqlite3
from pathlib import Path

from cryptography.fernet import Fernet

from scripts.stack import Stack
from tests.conversations.client import MOVES, Person

CANARIES = ("Kanarienvogel", "Eine Wohnung für meine Familie", "1234567")
WITHDRAWN = "Zaunkönig"


def stored(stack: Stack, person: Person) -> str:
    """All that the conversation store knows of a person, decrypted."""
    cipher = Fernet(stack.environment()["LOTSE_CONVERSATION_KEYS"])
    conversation_id = json.loads(base64.urlsafe_b64decode(person.token.split(".")[0] + "=="))[0]
    with sqlite3.connect(stack.data / "conversations.db") as database:
        rows = database.execute("SELECT data FROM conversation_turn WHERE conversation = ?", (conversation_id,)).fetchall()
    database.close()
    return "\n".join(cipher.decrypt(data).decode() for (data,) in rows)


def test_answers_are_gone_from_the_conversation_after_the_hand_over(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    for move in MOVES[:-1]:
        if person.responses == ["utter_ask_intake__name"]:
            person.say("Anna Kanarienvogel")
        else:
            move(person)
    assert [canary for canary in CANARIES if canary not in stored(stack, person)] == []
    assert [message["text"] for message in person.history() if message["from"] == "person"].count("•••") == 3
    MOVES[-1](person)
    assert person.responses == ["utter_handoff_receipt"]
    assert [canary for canary in CANARIES if canary in stored(stack, person)] == []
    assert person.history()[-1]["card"]["code"] == person.code


def test_forgotten_conversation_is_deleted_at_once(stack: Stack) -> None:
    person = Person(stack.chat_url, "tr")
    for move in MOVES[:5]:
        move(person)
    assert "Eine Wohnung für meine Familie" in stored(stack, person)
    asked = person.say("Löschen Sie bitte alle meine Daten")[0]
    person.send({"choice": asked["choices"][0]["token"]})
    assert [message["response"] for message in person.history() if message["from"] == "bot"] == ["utter_privacy_forgotten"]
    assert "Eine Wohnung" not in stored(stack, person)
    assert [message["lang"] for message in person.command("menu")] == ["tr"]


def rows(path: Path) -> str:
    """All that a database holds."""
    with sqlite3.connect(path) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        found = [database.execute(f"select * from {table}").fetchall() for table in tables]  # noqa: S608 - names from the database
    database.close()
    return str(found)


def test_withdrawn_by_code_from_another_phone_nothing_is_left_in_backend_and_ledger(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    for move in MOVES:
        if person.responses == ["utter_ask_intake__name"]:
            person.say(f"Anna {WITHDRAWN}")
        else:
            move(person)
    assert WITHDRAWN in rows(stack.data / "backend.db")
    other = Person(stack.chat_url, "ar")
    other.command("my_data")
    other.tap(2)
    assert other.responses == ["utter_privacy_no_consents"]
    other.tap(1)
    other.say(person.code)
    assert other.responses == ["utter_privacy_consents"]
    other.tap(1)
    assert other.responses == ["utter_privacy_forget_ask"]
    other.tap(1)
    assert other.responses == ["utter_privacy_forgotten"]
    assert {name: WITHDRAWN in rows(stack.data / name) for name in ("backend.db", "ledger.db")} == {
        "backend.db": False,
        "ledger.db": False,
    }
    person.command("status")
    assert (person.responses, person.last[0]["args"]["state"]) == (["utter_status"], "withdrawn")
