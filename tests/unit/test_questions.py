"""The order of questions: complete, never personal before consent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from actions.model import slots
from actions.model.answer import Answer, Answers
from actions.model.questions import Journey
from actions.services.steps import Step, Way, next_step
from tests.dialogue import leitfaden

JOURNEY = Journey(leitfaden().adapted({}, {"residence_title": "Grund"}))

VALUES = st.sampled_from(
    [
        Answer.chosen(True),
        Answer.chosen(False),
        Answer.skipped(),
        Answer.chosen("ar"),
        Answer.chosen({"a": 1}),
        Answer.chosen(["resources"]),
        Answer.withheld(),
    ]
)
ANSWERS = st.dictionaries(st.sampled_from([question.slot for question in JOURNEY.questions]), VALUES).map(
    lambda given: Answers({name: answer.to_slot() for name, answer in given.items()})
)


OF_AN_APPOINTMENT = (slots.INTERPRETER_NEEDED, slots.BOOKING_SLOT, slots.BOOKING_CONFIRMED)


@given(ANSWERS)
def test_no_personal_question_without_consent(answers: Answers) -> None:
    question = JOURNEY.next_question(answers)
    if question is not None and question.personal:
        assert answers.value(slots.CONSENT_INTAKE) is True
    if question is not None and question.slot in OF_AN_APPOINTMENT:
        assert answers.value(slots.CONSENT_APPOINTMENT) is True


@given(ANSWERS)
def test_progress_is_within_its_bounds(answers: Answers) -> None:
    question = JOURNEY.next_question(answers)
    if question is not None:
        step, of = JOURNEY.progress(answers, question.slot)
        assert 1 <= step <= of


def test_first_question_is_whether_to_begin() -> None:
    assert next_step(JOURNEY, Answers({})) == Step(Way.ASK, "counselling_form")


def test_refused_intake_ends_the_journey() -> None:
    answers = Answers({slots.BEGIN: Answer.chosen(True).to_slot(), slots.CONSENT_INTAKE: Answer.chosen(False).to_slot()})
    assert next_step(JOURNEY, answers) == Step(Way.CONSENT_DENIED)


def test_german_talk_needs_no_interpreter() -> None:
    names = [
        slots.BEGIN,
        slots.CONSENT_INTAKE,
        slots.CONSENT_APPOINTMENT,
        slots.AREAS,
        slots.HELPERS,
        slots.GOAL,
        slots.NAME,
        slots.CONTACT,
        slots.MODULES,
        "intake__residence_title",
    ]
    answers = Answers({name: Answer.chosen(True).to_slot() for name in names}).with_answer(
        slots.INTERPRETER_LANGUAGE, Answer.chosen("de")
    )
    question = JOURNEY.next_question(answers)
    assert question is not None and question.slot == slots.READBACK


def test_previous_question_of_the_second_is_the_first() -> None:
    answers = Answers({slots.BEGIN: Answer.chosen(True).to_slot()})
    question = JOURNEY.previous_question(answers, slots.AREAS)
    assert question is not None and question.slot == slots.BEGIN
