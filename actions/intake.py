"""Intake: the personal questions of the Leitfaden, each skippable, asked only after consent."""

from __future__ import annotations

from actions.base import ValidateAction, asks
from actions.model import slots


class ValidateIntakeForm(ValidateAction):
    form = "intake_form"


QUESTIONS = asks(
    slots.NAME,
    slots.CONTACT,
    slots.MODULES,
    "intake__going_well",
    "intake__can_do",
    "intake__wish",
    "intake__household_adults",
    "intake__household_children",
    "intake__family_status",
    "intake__residence_title",
)
