"""The order of questions from the wish for help to the appointment, as a pure function of the answers.

What is asked stands in the Leitfaden; what has to be asked around it (to begin, to agree, to check, to book) stands here.
No personal question is asked before its purpose is granted (DESIGN.md, rule 9): ``needed`` of every personal question
depends on the consent that covers it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Optional

from actions.model import slots
from actions.model.answer import Answer, Answers
from actions.model.consent import Purpose
from actions.model.leitfaden import Entry, Leitfaden

Condition = Callable[[Answers], bool]


@dataclass(frozen=True)
class Question:
    """A question, the form that asks it, and when it is needed at all; ``entry``: it is of the Leitfaden, and may be skipped."""

    slot: str
    form: str
    needed: Condition
    personal: bool = False
    entry: Optional[Entry] = None


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


def _slot_held(answers: Answers) -> bool:
    return _appointment_granted(answers) and isinstance(answers.value(slots.BOOKING_SLOT), dict)


_GRANTED: dict[Optional[Purpose], Condition] = {
    None: _begun,
    Purpose.INTAKE: _intake_granted,
    Purpose.APPOINTMENT: _appointment_granted,
}


def _of_the_leitfaden(entry: Entry) -> Question:
    granted = _GRANTED[entry.purpose]

    def needed(answers: Answers) -> bool:
        chosen = answers.value(slots.MODULES)
        opened = entry.module is None or (isinstance(chosen, (list, tuple)) and entry.module in chosen)
        return granted(answers) and opened and all(answers.value(slot) != value for slot, value in entry.unless.items())

    return Question(entry.slot, f"{entry.journey}_form", needed, personal=entry.purpose is not None, entry=entry)


class Journey:
    """All questions of one municipality, in order."""

    def __init__(self, leitfaden: Leitfaden) -> None:
        asked = [_of_the_leitfaden(entry) for entry in leitfaden.entries]
        self.leitfaden = leitfaden
        self.questions = (
            Question(slots.BEGIN, "counselling_form", _always),
            *(question for question in asked if not question.personal),
            Question(slots.CONSENT_INTAKE, "consent_form", _begun),
            Question(slots.CONSENT_APPOINTMENT, "consent_form", _intake_granted),
            *(question for question in asked if question.personal),
            Question(slots.CONSENT_INTERPRETER, "interpreter_form", _interpreter_wanted),
            Question(slots.READBACK, "handoff_form", _intake_granted, personal=True),
            Question(slots.BOOKING_SLOT, "booking_form", _appointment_granted, personal=True),
            Question(slots.BOOKING_CONFIRMED, "booking_form", _slot_held, personal=True),
        )
        self._by_slot = {question.slot: question for question in self.questions}

    def entry(self, slot: str) -> Optional[Entry]:
        """What the Leitfaden says about a slot; None for a question that is not one of it."""
        question = self._by_slot.get(slot)
        return question.entry if question else None

    def applicable(self, answers: Answers) -> tuple[Question, ...]:
        """The questions that matter given what is known; grows and shrinks with the answers."""
        return tuple(question for question in self.questions if question.needed(answers))

    def answered(self, answers: Answers) -> tuple[Entry, ...]:
        """What of the Leitfaden is answered and still matters: not what belongs to a module that was put away again."""
        return tuple(one.entry for one in self.applicable(answers) if one.entry is not None and one.slot in answers)

    def next_question(self, answers: Answers) -> Optional[Question]:
        """The first question that still needs an answer; None when all are answered."""
        return next((question for question in self.applicable(answers) if question.slot not in answers), None)

    def previous_question(self, answers: Answers, slot: str) -> Optional[Question]:
        """The answered question before ``slot``; None at the beginning."""
        before: list[Question] = []
        for question in self.applicable(answers):
            if question.slot == slot:
                break
            if question.slot in answers:
                before.append(question)
        return before[-1] if before else None

    def progress(self, answers: Answers, slot: str) -> tuple[int, int]:
        """Where the person is: number of this question and how many there will be as far as is known, both from 1.

        Questions behind a consent that is not answered yet are counted as if it were granted, so that the number of steps
        shrinks; it only grows by the modules that the person chooses.
        """
        hopeful = answers
        for name in (slots.BEGIN, slots.CONSENT_INTAKE, slots.CONSENT_APPOINTMENT):
            if name not in answers:
                hopeful = hopeful.with_answer(name, Answer.chosen(True))
        expected = [question.slot for question in self.applicable(hopeful)]
        return expected.index(slot) + 1 if slot in expected else len(expected), len(expected)
