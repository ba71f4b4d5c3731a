"""Interpreter: the language of the talk, and whether somebody should translate."""

from __future__ import annotations

from actions.base import AskAction
from actions.consent import ConsentRecording
from actions.model import slots


class ValidateInterpreterForm(ConsentRecording):
    form = "interpreter_form"


class AskInterpreterLanguage(AskAction):
    slot = slots.INTERPRETER_LANGUAGE


class AskInterpreterNeeded(AskAction):
    slot = slots.INTERPRETER_NEEDED
