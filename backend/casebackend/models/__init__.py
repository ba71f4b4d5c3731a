"""The tables."""

from casebackend.models.base import Base
from casebackend.models.booking import (
    BOOKED_STATES,
    LIVE_STATES,
    Appointment,
    AppointmentState,
    InterpreterRequest,
    InterpreterState,
    Slot,
)
from casebackend.models.intakes import GermanVersion, Intake, StateChange, WithdrawnIntake
from casebackend.models.staff import (
    LoginThrottle,
    Place,
    Role,
    StaffLanguage,
    StaffMember,
    StaffSession,
    WorkingHours,
)

__all__ = [
    "BOOKED_STATES",
    "LIVE_STATES",
    "Appointment",
    "AppointmentState",
    "Base",
    "GermanVersion",
    "Intake",
    "InterpreterRequest",
    "InterpreterState",
    "LoginThrottle",
    "Place",
    "Role",
    "Slot",
    "StaffLanguage",
    "StaffMember",
    "StaffSession",
    "StateChange",
    "WithdrawnIntake",
    "WorkingHours",
]
