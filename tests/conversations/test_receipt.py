"""The receipt of consents on the running stack: a PDF made on request where the chat offers it, for its person only."""

from __future__ import annotations

import pytest

from scripts.stack import Stack
from tests.conversations.client import MOVES, Person
from tests.conversations.test_laufzettel import stored, text


@pytest.fixture(scope="module")
def person(stack: Stack) -> Person:
    """Somebody who has just handed over an intake."""
    person = Person(stack.chat_url, "de")
    for move in MOVES:
        move(person)
    assert (person.responses, person.last[0]["card"]["paper"]) == (["utter_handoff_receipt"], "receipt")
    return person


def test_receipt_of_the_hand_over_names_code_and_consents_and_not_the_person_and_is_kept_nowhere(
    stack: Stack, person: Person
) -> None:
    message = person.last[0]
    before = stored(stack)
    answer = person.paper("receipt", message["id"])
    paper = text(answer)
    assert (answer.headers["cache-control"], answer.headers["content-disposition"]) == (
        "no-store",
        'attachment; filename="Einwilligung.pdf"',
    )
    titles = ("Ihr Anliegen weitergeben", "Termin vereinbaren", "Sprachmittlung anfragen")
    assert [part in paper for part in (message["card"]["code"], *titles)] == [True] * 4
    assert [part in paper for part in ("Maria", "Muster ", "1234567", "Wohnung")] == [False] * 4
    assert stored(stack) == before


def test_receipt_comes_in_the_language_of_the_conversation_beside_german(stack: Stack, person: Person) -> None:
    wanted = next(message["id"] for message in person.history() if (message.get("card") or {}).get("kind") == "receipt")
    person.switch("en")
    paper = text(person.paper("receipt", wanted))
    person.switch("de")
    assert [title in paper for title in ("Confirmation of your consent", "Bestätigung Ihrer Einwilligung")] == [True, True]


def test_receipt_comes_again_by_code_on_another_phone(stack: Stack, person: Person) -> None:
    code = next(message["args"]["code"] for message in person.history() if (message.get("card") or {}).get("kind") == "receipt")
    other = Person(stack.chat_url, "de")
    other.say(f"Was wissen Sie über mich? {code}")
    assert (other.responses, other.last[0]["card"]["paper"]) == (["utter_privacy_export_sent"], "receipt")
    assert "Ihr Anliegen weitergeben" in text(other.paper("receipt", other.last[0]["id"]))


def test_receipt_of_nothing_or_of_another_person_is_refused(stack: Stack, person: Person) -> None:
    mine = next(message["id"] for message in person.history() if (message.get("card") or {}).get("kind") == "receipt")
    greeting = person.history()[0]["id"]
    other = Person(stack.chat_url, "de")
    for who, wanted, status, code in (
        (person, [], 400, "bad_request"),
        (person, [mine, mine], 400, "bad_request"),
        (person, [greeting], 404, "no_document"),
        (other, [mine], 404, "no_document"),
    ):
        answer = who.paper("receipt", *wanted)
        assert (answer.status_code, answer.json()) == (status, {"error": {"code": code}})
