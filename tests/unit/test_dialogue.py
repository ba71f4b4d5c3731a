"""What a message means for the open question, where the classifier reads something else into it."""

from __future__ import annotations

import pytest

from actions.adapters.files import FileContent
from actions.model import case_code, slots
from actions.model.answer import Answers
from actions.model.message import Message
from actions.model.outcome import Accepted, Outcome, Steering
from actions.model.questions import Journey
from actions.runtime import ROOT
from actions.services.dialogue import Dialogue

CODE = case_code.derive(b"secret", "an intake")


@pytest.fixture(scope="module")
def dialogue() -> Dialogue:
    content = FileContent(ROOT, "duesseldorf")
    return Dialogue(content, Journey(content.leitfaden))


def read(dialogue: Dialogue, slot: str, text: str, intent: str) -> Outcome:
    return dialogue.interpret(slot, Message(text=text, intent=intent, confidence=0.9), Answers({}))


@pytest.mark.parametrize("intent", ["find_welcome_point", "skip_question", "talk_to_human", "ask_housing"])
@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        (slots.CONTACT, "021177000227", {"kind": "phone", "value": "+4921177000227"}),
        (slots.CONTACT, "(0211) 7700-0227.", {"kind": "phone", "value": "+4921177000227"}),
        (slots.CONTACT, "maria@example.org", {"kind": "email", "value": "maria@example.org"}),
        ("intake__household_adults", "3", 3),
        (slots.STATUS_CODE, CODE, CODE),
        (slots.STATUS_CODE, CODE.lower().replace("-", " "), CODE),
    ],
)
def test_bare_number_address_or_code_answers_the_question_whatever_is_read_into_it(
    dialogue: Dialogue, slot: str, text: str, value: object, intent: str
) -> None:
    outcome = read(dialogue, slot, text, intent)
    assert isinstance(outcome, Accepted)
    assert outcome.answer.value == value


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        (slots.CONTACT, "Löschen Sie 0211 77000227"),
        (slots.CONTACT, "Löschen Sie maria@example.org"),
        (slots.STATUS_CODE, f"Löschen Sie {CODE}"),
    ],
)
def test_number_address_or_code_among_words_may_steer(dialogue: Dialogue, slot: str, text: str) -> None:
    assert read(dialogue, slot, text, "delete_my_data") == Steering()


def test_crisis_comes_before_a_bare_number(dialogue: Dialogue) -> None:
    assert read(dialogue, slots.CONTACT, "021177000227", "crisis_violence") == Steering()
