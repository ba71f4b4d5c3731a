"""Granting a consent: shown, answered, kept as a record before anything is asked that needs it."""

from __future__ import annotations

from actions.model.consent import VOLUNTARY, Consent, Purpose
from actions.services.clock import Clock
from actions.services.ports import Content, Ledger


class Consents:
    """Records what was granted; raises LedgerUnavailable if it cannot be kept, and then it does not count."""

    def __init__(self, ledger: Ledger, content: Content, clock: Clock) -> None:
        self._ledger, self._content, self._clock = ledger, content, clock

    def recipient(self, purpose: Purpose) -> str:
        """Who gets the data of a purpose, by name."""
        profile = self._content.profile
        if purpose in VOLUNTARY:
            return profile.integration_centre
        return profile.interpreter_pool if purpose is Purpose.INTERPRETER else profile.intake_recipient

    def grant(self, intake_id: str, purpose: Purpose, language_shown: str, channel: str) -> None:
        """Keep that the person agreed, with the text as it stands now and the language in which it was shown."""
        recipient = self.recipient(purpose)
        text = self._content.consent_text(purpose.value)
        self._ledger.record_consent(
            Consent(
                consent_id=Consent.id_for(intake_id, purpose),
                intake_id=intake_id,
                purpose=purpose,
                recipient=recipient,
                text_id=text.text_id,
                text_hash=text.hash_for(recipient, self._content.profile.retention.intake_draft_hours),
                language_shown=language_shown,
                granted_at=self._clock().isoformat(timespec="seconds"),
                channel=channel,
            )
        )

    def take_back(self, intake_id: str, purpose: Purpose) -> None:
        """The person corrected a "yes" before anything was submitted."""
        self._ledger.withdraw_consent(Consent.id_for(intake_id, purpose), self._clock())
