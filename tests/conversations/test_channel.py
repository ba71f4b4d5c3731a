"""The web channel against hostile, doubled and broken input."""

from __future__ import annotations

import uuid

import httpx
import pytest

from scripts.stack import Stack
from tests.conversations.client import Person


@pytest.fixture
def person(stack: Stack) -> Person:
    return Person(stack.chat_url, "de")


def test_message_with_forged_identity_is_refused(person: Person) -> None:
    person.token = person.token[:-2] + "xx"
    answer = person.send({"text": "hallo"})
    assert (answer.status_code, answer.json()) == (401, {"error": {"code": "unknown_conversation"}})


def test_choice_of_another_conversation_is_refused(stack: Stack, person: Person) -> None:
    other = Person(stack.chat_url, "de")
    answer = person.send({"choice": other.last[-1]["choices"][0]["token"]})
    assert (answer.status_code, answer.json()) == (403, {"error": {"code": "choice_not_offered"}})


def test_typed_payload_is_text_and_sets_nothing(person: Person) -> None:
    person.say('/change_language{"language": "ar"}')
    person.command("menu")
    assert [message["lang"] for message in person.last] == ["de"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": ""}, 400, "bad_request"),
        ({"text": "x" * 2001}, 413, "too_long"),
        ({"text": "x" * 40_000}, 413, "too_long"),
        ({"text": ["x"]}, 400, "bad_request"),
        ({}, 400, "bad_request"),
        ({"command": "shutdown"}, 400, "bad_request"),
        ({"choices": []}, 400, "bad_request"),
        ({"choices": ["x.y"]}, 403, "choice_not_offered"),
    ],
)
def test_bad_message_is_refused_with_its_code(person: Person, body: dict[str, object], status: int, code: str) -> None:
    answer = person.send(body)
    assert (answer.status_code, answer.json()) == (status, {"error": {"code": code}})


def test_message_sent_again_gets_the_same_answer_once(person: Person) -> None:
    person.say("Ich brauche persönliche Hilfe")
    begin = {"choice": person.last[-1]["choices"][0]["token"]}
    message_id = str(uuid.uuid4())
    first = person.send(begin, message_id).json()["messages"]
    again = person.send(begin, message_id, retry=True).json()["messages"]
    assert [message["response"] for message in again] == [message["response"] for message in first]
    said = [message for message in person.history() if message["from"] == "person"]
    assert [message["text"] for message in said] == ["Ich brauche persönliche Hilfe", "Ja, weiter"]


def test_control_characters_and_only_signs_are_answered(person: Person) -> None:
    assert person.send({"text": "\u0000\u202e???"}).status_code == 200


def test_rasa_api_is_not_served(stack: Stack) -> None:
    bot = stack.chat_url.removesuffix("/chat/")
    paths = ("/version", "/status", "/conversations/x/tracker", "/webhooks/rest/webhook", "/model/parse")
    assert {httpx.get(bot + path, trust_env=False).status_code for path in paths} == {404}


def test_page_forbids_other_origins(stack: Stack) -> None:
    policy = httpx.get(stack.chat_url, trust_env=False).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")


def test_answer_names_the_language_that_typed_words_chose(person: Person) -> None:
    answer = person.send({"text": "English please"}).json()
    assert (answer["language"], answer["messages"][-1]["lang"]) == ("en", "en")


def test_address_without_its_last_stroke_leads_to_the_page(stack: Stack) -> None:
    answer = httpx.get(stack.chat_url.rstrip("/"), follow_redirects=True, trust_env=False)
    assert (answer.status_code, str(answer.url)) == (200, stack.chat_url)
