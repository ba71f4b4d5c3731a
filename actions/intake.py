"""Intake: the personal questions of the Leitfaden, each skippable, asked only after consent."""

from __future__ import annotations

from actions.base import AskAction, ValidateAction
from actions.model import slots


class ValidateIntakeForm(ValidateAction):
    form = "intake_form"


class AskIntakeName(AskAction):
    slot = slots.NAME


class AskIntakeContact(AskAction):
    slot = slots.CONTACT


class AskIntakeModules(AskAction):
    slot = slots.MODULES


class AskIntakeGoingWell(AskAction):
    slot = "intake__going_well"


class AskIntakeCanDo(AskAction):
    slot = "intake__can_do"


class AskIntakeWish(AskAction):
    slot = "intake__wish"


class AskIntakeHouseholdAdults(AskAction):
    slot = "intake__household_adults"


class AskIntakeHouseholdChildren(AskAction):
    slot = "intake__household_children"


class AskIntakeFamilyStatus(AskAction):
    slot = "intake__family_status"


class AskIntakeResidenceTitle(AskAction):
    slot = "intake__residence_title"
