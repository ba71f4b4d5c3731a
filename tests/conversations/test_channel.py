"""The web channel against hostile, doubled and broken input."""

from __future__ import annotations

import base64
import json
import uuid
from pathlib import Path

import httpx
import pytest

from scripts.stack import Stack
from tests.conversations.client import Person


@pytest.fixture
def person(stack: Stack) -> Person:
    return Person(stack.chat_url, "de")


def raw(person: Person, content: bytes) -> httpx.Response:
    """Send a body as it is."""
    headers = {"Authorization": f"Bearer {person.token}"}
    return httpx.post(person.chat_url + "messages", content=content, headers=headers, timeout=30, trust_env=False)


def test_message_with_forged_identity_is_refused(person: Person) -> None:
    person.token = person.token[:-2] + "xx"
    answer = person.send({"text": "hallo"})
    assert (answer.status_code, answer.json()) == (401, {"error": {"code": "unknown_conversation"}})


def test_deleted_conversation_is_gone_and_nobody_elses(stack: Stack, person: Person) -> None:
    other = Person(stack.chat_url, "de")
    person.say("Wie finde ich eine Wohnung?")
    assert (person.delete(), person.history(), len(other.history())) == (204, [], 1)
    person.token = person.token[:-2] + "xx"
    assert person.delete() == 401


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


@pytest.mark.parametrize("retry", [True, False])
def test_message_sent_again_gets_the_same_answer_once(person: Person, retry: bool) -> None:
    person.say("Ich brauche persönliche Hilfe")
    begin = {"choice": person.last[-1]["choices"][0]["token"]}
    message_id = str(uuid.uuid4())
    first = person.send(begin, message_id).json()["messages"]
    again = person.send(begin, message_id, retry=retry).json()["messages"]
    assert [message["response"] for message in again] == [message["response"] for message in first]
    said = [message for message in person.history() if message["from"] == "person"]
    assert [message["text"] for message in said] == ["Ich brauche persönliche Hilfe", "Ja, weiter"]


def test_control_characters_and_only_signs_are_answered(person: Person) -> None:
    assert person.send({"text": "\u0000\u202e???"}).status_code == 200


def test_signals_and_half_characters_are_taken_out_of_a_text(person: Person) -> None:
    answer = raw(person, b'{"id": "12345678", "text": "Guten\\u0007 Tag\\u001b[31m \\ud83d!"}')
    said = [message["text"] for message in person.history() if message["from"] == "person"]
    assert (answer.status_code, said) == (200, ["Guten Tag[31m !"])


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "bad_request"),
        (b"Kanarienvogel", 400, "bad_request"),
        (b'{"id": "12345678", "text": "Kanarienvogel', 400, "bad_request"),
        (b'{"id": "12345678", "text": "Kanarienvogel \xff\xfe"}', 400, "bad_request"),
        (b'[{"id": "12345678", "text": "Kanarienvogel"}]', 400, "bad_request"),
        (b'{"id": "1234567\\ud800", "text": "Kanarienvogel"}', 400, "bad_request"),
        (b'{"id": "../../Kanarienvogel", "text": "x"}', 400, "bad_request"),
        (b'{"id": "12345678", "text": "Kanarienvogel", "command": "menu"}', 400, "bad_request"),
        (b'{"id": "12345678", "text": {"Kanarienvogel": 1}}', 400, "bad_request"),
        (b'{"id": "12345678", "text": NaN}', 400, "bad_request"),
        (b'{"id": "12345678", "choice": "\\ud800.Kanarienvogel"}', 403, "choice_not_offered"),
        (b"[" * 30_000, 400, "bad_request"),
        (b'{"a":' * 6_000, 400, "bad_request"),
        (b'{"id": "12345678", "text": ' + b"9" * 30_000 + b"}", 400, "bad_request"),
        (b'{"id": "12345678", "text": "' + b"Kanarienvogel " * 80_000 + b'"}', 413, "too_long"),
    ],
    ids=lambda value: str(value[:24]) if isinstance(value, bytes) else None,
)
def test_hostile_body_is_refused_with_its_code_and_changes_nothing(
    stack: Stack, person: Person, content: bytes, status: int, code: str
) -> None:
    person.say("Guten Tag")
    before = person.history()
    answer = raw(person, content)
    assert (answer.status_code, answer.json()) == (status, {"error": {"code": code}})
    assert person.history() == before
    assert "Kanarienvogel" not in (stack.data / "bot.log").read_text(errors="replace")


def test_language_that_does_not_exist_changes_nothing(person: Person) -> None:
    assert raw(person, b'{"id": "12345678", "language": "\\ud800\\"}/show_menu"}').status_code == 200
    assert [message["lang"] for message in person.command("menu")] == ["de"]


def forged_tokens(person: Person, other: Person) -> list[str]:
    """Identities that we did not give to this person."""
    body, mac = person.token.split(".")
    other_body, other_mac = other.token.split(".")
    for_ever = base64.urlsafe_b64encode(json.dumps(["x", 9999999999]).encode()).decode().rstrip("=")
    offered = person.last[-1]["choices"][0]["token"]
    return [
        "x",
        ".",
        body,
        f"{body}.",
        f"{body}.{other_mac}",
        f"{other_body}.{mac}",
        f"{for_ever}.{mac}",
        offered,
        f"{body}.{mac}.{mac}",
    ]


def test_forged_identity_reads_and_writes_nothing(stack: Stack, person: Person) -> None:
    genuine, before = person.token, person.history()
    for token in forged_tokens(person, Person(stack.chat_url, "de")):
        person.token = token
        reading = httpx.get(stack.chat_url + "messages", headers={"Authorization": f"Bearer {token}"}, trust_env=False)
        for answer in (person.send({"text": "hallo"}), reading):
            assert (answer.status_code, answer.json()) == (401, {"error": {"code": "unknown_conversation"}}), token
    person.token = genuine
    assert person.history() == before


def test_identity_is_no_choice(person: Person) -> None:
    assert person.send({"choice": person.token}).json() == {"error": {"code": "choice_not_offered"}}


def test_conversation_that_sends_too_much_is_told_to_wait(person: Person) -> None:
    answers = [person.send({"text": ""}) for _ in range(60)]
    assert (answers[0].json(), answers[-1].json()) == ({"error": {"code": "bad_request"}}, {"error": {"code": "too_many"}})
    assert int(answers[-1].headers["Retry-After"]) >= 1


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


def test_tap_that_comes_late_is_no_yes_to_the_next_consent(person: Person) -> None:
    person.tell_needs()
    yes = person.choices[0]
    (following,) = person.take(yes)
    (again,) = person.take(yes)
    assert again["card"]["title"] == following["card"]["title"]
    person.tap(2)
    assert person.responses == ["utter_ask_intake__name"]


def test_choices_of_two_questions_are_not_sent_together(person: Person) -> None:
    person.say("Ich brauche persönliche Hilfe")
    person.tap(1)
    area = person.choices[0]
    person.tap_several([1, 3])
    answer = person.send({"choices": [area["token"], person.choices[0]["token"]]})
    assert (answer.status_code, answer.json()) == (403, {"error": {"code": "choice_not_offered"}})


def test_bot_that_has_answered_has_not_loaded_tensorflow(stack: Stack, person: Person) -> None:
    """Rasa imports it for components that we do not use; that another version takes another way in must not go unseen."""
    person.say("Hallo")
    loaded = {Path(line.split()[-1]).name for line in Path(f"/proc/{stack.pid('bot')}/maps").read_text().splitlines()}
    assert [name for name in loaded if "tensorflow" in name] == []
