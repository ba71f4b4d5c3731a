"""Consent as a record: purpose, recipient, version of the text, language shown, time, channel (Art. 7 (1) GDPR)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from uuid import NAMESPACE_OID, uuid5

from actions.model import slots


class Purpose(str, Enum):
    """What a person may agree to, each by itself."""

    INTAKE = "intake"
    APPOINTMENT = "appointment"
    INTERPRETER = "interpreter"


SLOT_OF_PURPOSE = {
    Purpose.INTAKE: slots.CONSENT_INTAKE,
    Purpose.APPOINTMENT: slots.CONSENT_APPOINTMENT,
    Purpose.INTERPRETER: slots.CONSENT_INTERPRETER,
}
PURPOSE_OF_SLOT = {slot: purpose for purpose, slot in SLOT_OF_PURPOSE.items()}


@dataclass(frozen=True)
class Consent:
    """One granted consent. ``text_hash`` is the SHA-256 of the German text, ``granted_at`` an RFC 3339 time."""

    consent_id: str
    intake_id: str
    purpose: Purpose
    recipient: str
    text_id: str
    text_hash: str
    language_shown: str
    granted_at: str
    channel: str

    @staticmethod
    def id_for(intake_id: str, purpose: Purpose) -> str:
        """One consent per intake and purpose: granting twice is one record."""
        return str(uuid5(NAMESPACE_OID, f"consent:{intake_id}:{purpose.value}"))
