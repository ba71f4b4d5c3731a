"""Intake: name and contact, each skippable, asked only after consent."""

from __future__ import annotations

from actions.base import AskAction, ValidateAction
from actions.model import slots


class ValidateIntakeForm(ValidateAction):
    form = "intake_form"


class AskIntakeName(AskAction):
    slot = slots.NAME


class AskIntakeContact(AskAction):
    slot = slots.CONTACT
