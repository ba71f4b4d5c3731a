"""Interpreter: the language of the talk, and whether somebody should translate."""

from __future__ import annotations

from actions.base import asks
from actions.consent import ConsentRecording
from actions.model import slots


class ValidateInterpreterForm(ConsentRecording):
    form = "interpreter_form"


QUESTIONS = asks(slots.INTERPRETER_LANGUAGE, slots.INTERPRETER_NEEDED)
