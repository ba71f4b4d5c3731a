"""The order of questions from the wish for help to the appointment, as a pure function of the answers.

No personal question is asked before its purpose is granted (DESIGN.md, rule 9): ``needed`` of every personal question
depends on the consent that covers it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Optional

from actions.model import slots
from actions.model.answer import Answer, Answers

Condition = Callable[[Answers], bool]


@dataclass(frozen=True)
class Question:
    """A question, the form that asks it, and when it is needed at all."""

    slot: str
    form: str
    needed: Condition
    personal: bool = False
    skippable: bool = False


def _always(answers: Answers) -> bool:
    return True


def _begun(answers: Answers) -> bool:
    return answers.value(slots.BEGIN) is True


def _intake_granted(answers: Answers) -> bool:
    return _begun(answers) and answers.value(slots.CONSENT_INTAKE) is True


def _appointment_granted(answers: Answers) -> bool:
    return _intake_granted(answers) and answers.value(slots.CONSENT_APPOINTMENT) is True


def _interpreter_wanted(answers: Answers) -> bool:
    return _appointment_granted(answers) and answers.value(slots.INTERPRETER_NEEDED) is True


def _talk_in_other_language(answers: Answers) -> bool:
    return _appointment_granted(answers) and answers.value(slots.INTERPRETER_LANGUAGE) != "de"


def _slot_held(answers: Answers) -> bool:
    return _appointment_granted(answers) and isinstance(answers.value(slots.BOOKING_SLOT), dict)


QUESTIONS = (
    Question(slots.BEGIN, "counselling_form", _always),
    Question(slots.AREAS, "counselling_form", _begun, skippable=True),
    Question(slots.HELPERS, "counselling_form", _begun, skippable=True),
    Question(slots.GOAL, "counselling_form", _begun, skippable=True),
    Question(slots.CONSENT_INTAKE, "consent_form", _begun),
    Question(slots.CONSENT_APPOINTMENT, "consent_form", _intake_granted),
    Question(slots.NAME, "intake_form", _intake_granted, personal=True, skippable=True),
    Question(slots.CONTACT, "intake_form", _intake_granted, personal=True, skippable=True),
    Question(slots.INTERPRETER_LANGUAGE, "interpreter_form", _intake_granted, personal=True, skippable=True),
    Question(slots.INTERPRETER_NEEDED, "interpreter_form", _talk_in_other_language, personal=True, skippable=True),
    Question(slots.CONSENT_INTERPRETER, "interpreter_form", _interpreter_wanted),
    Question(slots.READBACK, "handoff_form", _intake_granted, personal=True),
    Question(slots.BOOKING_SLOT, "booking_form", _appointment_granted, personal=True),
    Question(slots.BOOKING_CONFIRMED, "booking_form", _slot_held, personal=True),
)

_BY_SLOT = {question.slot: question for question in QUESTIONS}


def question_for(slot: str) -> Question:
    """The question that fills a slot; raises KeyError for a slot that no question fills."""
    return _BY_SLOT[slot]


def applicable(answers: Answers) -> tuple[Question, ...]:
    """The questions that matter given what is known; grows and shrinks with the answers."""
    return tuple(question for question in QUESTIONS if question.needed(answers))


def next_question(answers: Answers) -> Optional[Question]:
    """The first question that still needs an answer; None when all are answered."""
    return next((question for question in applicable(answers) if question.slot not in answers), None)


def previous_question(answers: Answers, slot: str) -> Optional[Question]:
    """The answered question before ``slot``; None at the beginning."""
    before: list[Question] = []
    for question in applicable(answers):
        if question.slot == slot:
            break
        if question.slot in answers:
            before.append(question)
    return before[-1] if before else None


def progress(answers: Answers, slot: str) -> tuple[int, int]:
    """Where the person is: number of this question and how many there will be as far as is known, both from 1.

    Questions behind a consent that is not answered yet are counted as if it were granted, so that the number of steps
    shrinks rather than grows.
    """
    hopeful = answers
    if slots.BEGIN not in answers:
        hopeful = _granting(hopeful, slots.BEGIN)
    for purpose in (slots.CONSENT_INTAKE, slots.CONSENT_APPOINTMENT):
        if purpose not in answers:
            hopeful = _granting(hopeful, purpose)
    expected = [question.slot for question in applicable(hopeful)]
    return expected.index(slot) + 1 if slot in expected else len(expected), len(expected)


def _granting(answers: Answers, slot: str) -> Answers:
    return answers.with_answer(slot, Answer.chosen(True))
