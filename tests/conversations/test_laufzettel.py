"""The Laufzettel on the running stack: made from the card that was shown, for its person only, and kept nowhere."""

from __future__ import annotations

import io
import uuid
from contextlib import closing
from sqlite3 import connect
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from bot.catalogues import translate
from scripts.stack import Stack
from tests.conversations.client import Person


def card_message(person: Person) -> dict[str, Any]:
    return next(message for message in person.last if (message["card"] or {}).get("kind") == "topic")


def text(answer: httpx.Response) -> str:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())


def stored(stack: Stack) -> list[tuple[str, int, bool]]:
    """The files of the stack's data with the number of stored events, and whether a PDF is in them."""
    with closing(connect(stack.data / "conversations.db")) as database:
        events = database.execute("select count(*) from conversation_turn").fetchone()[0]
    files = sorted(path for path in stack.data.rglob("*") if path.is_file())
    return [(path.name, events, b"%PDF" in path.read_bytes()) for path in files]


@pytest.fixture
def person(stack: Stack) -> Person:
    person = Person(stack.chat_url, "uk")
    person.say("Я шукаю квартиру")
    return person


def test_paper_has_the_topic_and_offices_of_the_card_beside_german(stack: Stack, person: Person) -> None:
    message = card_message(person)
    answer = person.paper("laufzettel", message["id"])
    paper = text(answer)
    offices = [office["name"] for office in message["card"]["offices"]]
    assert [part in paper for part in (message["card"]["title"], "Wohnung suchen", *offices)] == [True] * (2 + len(offices))
    assert (answer.headers["cache-control"], answer.headers["content-disposition"]) == (
        "no-store",
        'attachment; filename="Laufzettel.pdf"',
    )


def test_nothing_is_left_of_a_paper(stack: Stack, person: Person) -> None:
    message = card_message(person)
    before = stored(stack)
    assert person.paper("laufzettel", message["id"]).status_code == 200
    after = stored(stack)
    assert after == before
    assert {found for _, _, found in after} == {False}


def test_paper_follows_the_language_of_the_conversation(stack: Stack, person: Person) -> None:
    message = card_message(person)
    own = message["card"]["title"]
    titles = {own, "Wohnung suchen", translate("Wohnung suchen", "orientation.housing", "en")}
    for language, expected in (("en", titles - {own}), ("de", {"Wohnung suchen"})):
        person.switch(language)
        paper = text(person.paper("laufzettel", message["id"]))
        assert {title for title in titles if title in paper} == expected


def test_message_is_named_the_same_after_a_reload(stack: Stack, person: Person) -> None:
    restored = [message["id"] for message in person.history() if message["from"] == "bot"]
    assert card_message(person)["id"] in restored
    assert len(set(restored)) == len(restored)


def test_several_topics_come_on_one_paper(stack: Stack, person: Person) -> None:
    first = card_message(person)
    person.say("Я шукаю роботу")
    second = card_message(person)
    paper = text(person.paper("laufzettel", second["id"], first["id"]))
    assert 0 <= paper.index(second["card"]["title"]) < paper.index(first["card"]["title"])


def test_paper_of_nothing_is_refused_with_its_code(stack: Stack, person: Person) -> None:
    known = card_message(person)["id"]
    greeting = person.history()[0]["id"]
    for wanted, status, code in (
        ([], 400, "bad_request"),
        ([known] * 9, 400, "bad_request"),
        ([f"{uuid.uuid4()}.0"], 404, "no_document"),
        ([known, "../../etc/passwd"], 404, "no_document"),
        ([greeting], 404, "no_document"),
    ):
        answer = person.paper("laufzettel", *wanted)
        assert (answer.status_code, answer.json()) == (status, {"error": {"code": code}})


def test_paper_of_another_person_is_refused(stack: Stack, person: Person) -> None:
    wanted = card_message(person)["id"]
    answer = Person(stack.chat_url, "uk").paper("laufzettel", wanted)
    assert (answer.status_code, answer.json()) == (404, {"error": {"code": "no_document"}})
    person.token = person.token[:-2] + "xx"
    answer = person.paper("laufzettel", wanted)
    assert (answer.status_code, answer.json()) == (401, {"error": {"code": "unknown_conversation"}})


def test_too_many_papers_have_to_wait(stack: Stack, person: Person) -> None:
    wanted = card_message(person)["id"]
    while person.send({"text": ""}).status_code != httpx.codes.TOO_MANY_REQUESTS:
        pass
    refused = person.paper("laufzettel", wanted)
    assert (refused.status_code, refused.json()) == (429, {"error": {"code": "too_many"}})
    assert int(refused.headers["retry-after"]) > 0
