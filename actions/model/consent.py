"""Consent as a record: purpose, recipient, version of the text, language shown, time, channel (Art. 7 (1) GDPR)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional
from uuid import NAMESPACE_OID, uuid5

from actions.model import slots


class Purpose(str, Enum):
    """What a person may agree to, each by itself (data/consent/purposes.yml)."""

    INTAKE = "intake"
    APPOINTMENT = "appointment"
    INTERPRETER = "interpreter"
    REFERRAL = "referral"
    STATISTICS = "statistics"
    IMPROVEMENT = "improvement"


SLOT_OF_PURPOSE = {
    Purpose.INTAKE: slots.CONSENT_INTAKE,
    Purpose.APPOINTMENT: slots.CONSENT_APPOINTMENT,
    Purpose.INTERPRETER: slots.CONSENT_INTERPRETER,
}
PURPOSE_OF_SLOT = {slot: purpose for purpose, slot in SLOT_OF_PURPOSE.items()}

VOLUNTARY = (Purpose.STATISTICS, Purpose.IMPROVEMENT)
"""Off by default, a condition of nothing, never asked on the way to help: granted in "my data" only."""

FALLS_WITH = {
    **{purpose: frozenset({purpose}) for purpose in Purpose},
    Purpose.INTAKE: frozenset(Purpose),
    Purpose.APPOINTMENT: frozenset({Purpose.APPOINTMENT, Purpose.INTERPRETER}),
}
"""Which consents end when one is taken back: nothing is handed over for a request that is withdrawn."""


class Withdrawal(Enum):
    """What a consent that is taken back does where the case went."""

    ERASES = "erases"
    """The case falls away there, and the answer says so."""
    TELLS = "tells"
    """The recipient gets the message; what it deletes is not told."""
    IMPOSSIBLE = "impossible"
    """There is no way to tell it; the person has to say it there."""


def withdrawal_key(intake_id: str, purpose: Purpose) -> str:
    """The name of one withdrawal: the same for every repetition."""
    return f"withdraw_consent:{intake_id}:{purpose.value}"


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


@dataclass(frozen=True)
class ConsentRecord:
    """A consent with its history: ``submitted`` once something was handed over on it; ``withdrawn_at`` an RFC 3339 time."""

    consent: Consent
    submitted: bool
    withdrawn_at: Optional[str]

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None
