"""The slots of the journeys, by name. The prefix is the journey that owns the slot."""

LANGUAGE = "language__chosen"
OFFERED_LANGUAGE = "language__offered"
ATTEMPTS = "shared__attempts"
LEFT_FORM = "shared__left_form"
"""The form that a crisis card was shown in."""

PLACE = "orientation__place"
"""Postal code, town or district that the person said to live in."""

RUN = "counselling__run"
WRITER = "counselling__writer"
"""HELPER if somebody else types for the person, who is there and agrees in person."""
HELPER = "helper"
BEGIN = "counselling__begin"
AREAS = "counselling__areas"
HELPERS = "counselling__helpers"
GOAL = "counselling__goal"
AGE = "counselling__age"
"""What the person said of the own age, never asked: UNDER_18 or ADULT; None if nothing."""
UNDER_18, ADULT = "under_18", "adult"

CONSENT_INTAKE = "consent__intake"
CONSENT_APPOINTMENT = "consent__appointment"
CONSENT_INTERPRETER = "consent__interpreter"

NAME = "intake__name"
CONTACT = "intake__contact"
MODULES = "intake__modules"
"""The modules of the Leitfaden that the person wants to answer."""

INTERPRETER_LANGUAGE = "interpreter__language"
INTERPRETER_NEEDED = "interpreter__needed"

READBACK = "handoff__readback"
CODE = "handoff__code"
STATUS_CODE = "handoff__status_code"

PRIVACY_WISH = "privacy__wish"
"""What the person wants to do with the code that is asked for: export, withdraw or delete; None to see how it stands."""

BOOKING_SLOT = "booking__slot"
BOOKING_CONFIRMED = "booking__confirmed"
BOOKING_OFFERED = "booking__offered"

ANSWERS = frozenset(
    {
        BEGIN,
        AREAS,
        HELPERS,
        GOAL,
        CONSENT_INTAKE,
        CONSENT_APPOINTMENT,
        CONSENT_INTERPRETER,
        NAME,
        CONTACT,
        MODULES,
        "intake__going_well",
        "intake__can_do",
        "intake__wish",
        "intake__household_adults",
        "intake__household_children",
        "intake__family_status",
        "intake__residence_title",
        INTERPRETER_LANGUAGE,
        INTERPRETER_NEEDED,
        READBACK,
        BOOKING_SLOT,
        BOOKING_CONFIRMED,
    }
)
"""All slots that an answer may be kept in, whichever questions a municipality asks."""

REQUESTED = "requested_slot"
"""Rasa's own: the slot that the active form asks for."""
