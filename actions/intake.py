"""Intake: the personal questions of the Leitfaden, each skippable, asked only after consent."""

from __future__ import annotations

from actions.base import ValidateAction, asks
from actions.model import slots


class ValidateIntakeForm(ValidateAction):
    form = "intake_form"


QUESTIONS = asks(*(name for name in slots.ANSWERS if name.startswith("intake__")))
