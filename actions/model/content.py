"""What KI staff maintain: topics, offices, consent texts, code lists, the profile of the municipality.

All texts are German source texts; the language of the person is put in when an answer is rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Optional


@dataclass(frozen=True)
class Reviewed:
    """What editors write, review and put a date to."""

    id: str
    title: str
    answer: str
    bring: tuple[str, ...]
    notice: Optional[str]
    source_name: str
    source_url: str
    owner: str
    reviewed: date
    valid_until: date

    def is_current(self, today: date) -> bool:
        """Whether it may be shown as fact; later only the office and "please ask" (DESIGN.md, rule 2)."""
        return today <= self.valid_until


@dataclass(frozen=True)
class Topic(Reviewed):
    """Orientation on a subject (data/orientation/<topic>.yml)."""

    intent: str
    area: str
    steps: tuple[str, ...]
    waiting: Optional[str]
    groups: tuple[tuple[str, str], ...]
    """(code of the group, what it should know besides)"""
    situations: tuple[str, ...]
    icon: str
    service: str


@dataclass(frozen=True)
class PassageStep:
    """A step on the way; ``before`` and ``after``: who is competent until and from then on, if that changes."""

    text: str
    topic: Optional[str]
    before: Optional[str]
    after: Optional[str]


@dataclass(frozen=True)
class Passage(Reviewed):
    """The steps of a passage of life, in order (data/passages/<id>.yml)."""

    steps: tuple[PassageStep, ...]


@dataclass(frozen=True)
class Office:
    """A place to go to: service at a location, after Open Referral HSDS 3."""

    id: str
    """Of the service at the location."""
    name: str
    part_of: Optional[str]
    street: Optional[str]
    postal_code: Optional[str]
    city: Optional[str]
    directions: Optional[str]
    """How to get there, in German: names of lines and stops."""
    position: Optional[tuple[float, float]]
    """(latitude, longitude) of the entrance, WGS 84; None if nobody has measured it."""
    hours: tuple[tuple[str, str, str], ...]
    """(weekday as MO..SU, opens HH:MM, closes HH:MM)"""
    languages: tuple[str, ...]
    phone: Optional[str]
    phone_tel: Optional[str]
    step_free: Optional[bool]
    demo_note: Optional[str]
    """Says that the record is invented; None for a real one."""


@dataclass(frozen=True)
class ConsentText:
    """The German text of a consent; placeholders {recipient} and {hours}, the period after which a draft is deleted."""

    text_id: str
    asked: str
    """journey, my_data or staff: where it may be asked."""
    title: str
    question: str
    rows: tuple[tuple[str, str], ...]
    """(label, text), in the order shown"""

    def hash_for(self, recipient: str, hours: int) -> str:
        """SHA-256 over the whole German text as it is shown, and its recipient, as 64 hexadecimal digits."""
        rows = (f"{label}\n{text.replace('{hours}', str(hours))}" for label, text in self.rows)
        lines = [self.text_id, self.title, self.question, *rows, recipient]
        return sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True)
class Notice:
    """The second layer of the information of Art. 13 GDPR: rows of (label, text) in German, and the supervisory authority."""

    rows: tuple[tuple[str, str], ...]
    authority: str


@dataclass(frozen=True)
class Contact:
    """Who answers for personal data."""

    name: str
    address: str
    email: str
    phone: Optional[str]

    def lines(self) -> str:
        """Name, address, telephone and e-mail in one line."""
        return ", ".join(part for part in (self.name, self.address, self.phone, self.email) if part)


@dataclass(frozen=True)
class Retention:
    """For how long the chat keeps what: the one place, for the worker, the store and what people are shown."""

    conversation_hours: int
    intake_draft_hours: int
    consent_proof_months: int


@dataclass(frozen=True)
class Profile:
    """What is special about this municipality (data/municipalities/<tenant>/profile.yml)."""

    tenant: str
    name: str
    service_name: str
    languages: tuple[str, ...]
    """Those of the chat, drafts last."""
    draft_languages: tuple[str, ...]
    """Not complete yet: what is missing comes in German."""
    intake_recipient: str
    interpreter_pool: str
    welcome_service: str
    spoken_languages: tuple[str, ...]
    integration_centre: str
    controller: Contact
    privacy_contact: Contact
    retention: Retention


@dataclass(frozen=True)
class CodeLists:
    """contracts/codes-v1.yml, as far as the dialogue offers them; codes in the order shown, with their icons."""

    areas: Mapping[str, Optional[str]]
    helpers: Mapping[str, Optional[str]]
    modules: Mapping[str, Optional[str]] = field(default_factory=dict)
    reasons: frozenset[str] = frozenset()
    """Reasons of routing that a card says."""
