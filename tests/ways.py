"""Ways through the journey in a Talk (tests/dialogue.py), and what its last card tells."""

from __future__ import annotations

from typing import Any

from tests.dialogue import Talk, free_slots

CANARY = "Kanarienvogel"
DATE = {"$moment": free_slots()[0].starts_at, "until": free_slots()[0].ends_at}


def without_appointment(talk: Talk) -> None:
    """The whole way to the receipt, without a time."""
    begin(talk)
    talk.answer("yes")
    talk.answer("no")
    talk.say(f"Anna {CANARY}")
    talk.say("0211 1234567")
    talk.answer("none")
    talk.answer("ar")
    assert talk.answer("yes")[0].startswith("utter_handoff_receipt")


def begin(talk: Talk) -> None:
    """Up to the first consent."""
    talk.tap("/start_counselling")
    talk.answer("yes")
    talk.answer("housing")
    talk.answer("nobody")
    assert talk.say(f"Eine Wohnung für {CANARY}") == ["utter_ask_consent"]


def agree(talk: Talk) -> None:
    """Consents, name, contact, language, interpreter: up to the read-back."""
    talk.answer("yes")
    talk.answer("yes")
    talk.say(f"Anna {CANARY}")
    talk.say("0211 1234567")
    talk.answer("none")
    talk.answer("ar")
    talk.answer("yes")
    assert talk.answer("yes") == ["utter_ask_handoff__readback"]


def book(talk: Talk, slot: str = "s0") -> None:
    """A held time, up to the last question."""
    talk.answer("yes")
    assert talk.answer(slot) == ["utter_ask_booking__confirmed"]


def submit(talk: Talk, slot: str = "s0") -> str:
    """The whole way; returns the code."""
    begin(talk)
    agree(talk)
    book(talk, slot)
    assert talk.answer("yes")[0].startswith("utter_handoff_receipt")
    return str(talk.said[0][1]["code"])


def told(talk: Talk) -> dict[str, str]:
    """The rows of the last card: part and what is said of it."""
    card = talk.said[-1][1]["card"]
    return {row["label"]["$label"].split(".")[1]: _key(row["value"]) for row in card["rows"]}


def _key(value: dict[str, Any]) -> str:
    if "$response" in value:
        return str(value["$response"])
    name = str(value["$label"]).split(".")[1]
    return f"{_key(value['args']['what'])} {value['args']['when'] == DATE}" if name == "with_date" else name
