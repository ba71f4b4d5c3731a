"""What comes next on the way from the wish for help to the appointment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional

from actions.model import slots
from actions.model.answer import Answers
from actions.model.questions import Journey


class Way(Enum):
    """How the journey goes on."""

    ASK = "ask"
    DECLINED = "declined"
    CONSENT_DENIED = "consent_denied"
    SUBMIT = "submit"


@dataclass(frozen=True)
class Step:
    """The next step; ``form`` asks the next question where the way is ASK."""

    way: Way
    form: Optional[str] = None


def next_step(journey: Journey, answers: Answers) -> Step:
    """The next step, from the answers alone."""
    if answers.value(slots.BEGIN) is False:
        return Step(Way.DECLINED)
    if answers.value(slots.CONSENT_INTAKE) is False:
        return Step(Way.CONSENT_DENIED)
    question = journey.next_question(answers)
    return Step(Way.ASK, question.form) if question else Step(Way.SUBMIT)
