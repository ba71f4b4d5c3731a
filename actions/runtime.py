"""Composition root of the action server and the worker: the only place that knows the concrete classes.

Built on first use, because rasa-sdk creates actions without arguments. Tests replace it with ``use``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Optional
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet, MultiFernet

from actions.adapters.files import FileContent
from actions.adapters.ledger import SqlLedger, connect
from actions.adapters.municipalities import load_municipality
from actions.adapters.upkeep import dated_content
from actions.case_systems import Build, chosen
from actions.model.questions import Journey
from actions.model.routing import Municipality
from actions.model.upkeep import Dated
from actions.services.asking import Asking
from actions.services.booking import Booking
from actions.services.clock import Clock, utc_now
from actions.services.consent import Consents
from actions.services.delivery import Delivery
from actions.services.dialogue import Dialogue
from actions.services.handoff import Handoff, Status
from actions.services.orientation import Orientation
from actions.services.ports import Calendar, CaseBackend, Content, Ledger
from actions.services.privacy import PrivacyCards
from actions.services.rights import Rights
from actions.settings import SettingsError, needed

ROOT = Path(__file__).resolve().parent.parent
TIME_ZONE = ZoneInfo("Europe/Berlin")
"""Of all municipalities of NRW."""


@dataclass(frozen=True)
class Settings:
    """What the environment says."""

    municipality: str
    ledger_url: str
    case_system: Build
    secret: bytes
    outbox_keys: tuple[str, ...]
    heartbeat: Optional[Path]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Raises SettingsError."""
        heartbeat = environment.get("LOTSE_WORKER_HEARTBEAT")
        return cls(
            municipality=environment.get("LOTSE_MUNICIPALITY", "duesseldorf"),
            ledger_url=needed(environment, "LOTSE_LEDGER_URL"),
            case_system=chosen(environment),
            secret=needed(environment, "LOTSE_SECRET").encode(),
            outbox_keys=tuple(needed(environment, "LOTSE_OUTBOX_KEYS").split(",")),
            heartbeat=Path(heartbeat) if heartbeat else None,
        )

    def ledger(self) -> SqlLedger:
        """The ledger with its keys, the newest first. Raises SettingsError."""
        try:
            cipher = MultiFernet([Fernet(key) for key in self.outbox_keys])
        except ValueError as error:
            raise SettingsError(f"LOTSE_OUTBOX_KEYS: {error}") from error
        return SqlLedger(connect(self.ledger_url), cipher)


class Runtime:
    """All services, wired."""

    def __init__(
        self,
        content: Content,
        municipality: Municipality,
        ledger: Ledger,
        backend: CaseBackend,
        calendar: Calendar,
        secret: bytes,
        clock: Clock = utc_now,
        dated: Sequence[Dated] = (),
    ) -> None:
        self.content, self.ledger, self.calendar, self.clock, self.dated = content, ledger, calendar, clock, dated
        self.journey = Journey(content.leitfaden)
        self.dialogue = Dialogue(content, self.journey)
        self.consents = Consents(ledger, content, clock)
        self.asking = Asking(content, self.consents, self.journey)
        self.orientation = Orientation(content, municipality)
        self.booking = Booking(calendar)
        self.delivery = Delivery(ledger, backend, calendar, clock)
        self.handoff = Handoff(ledger, content, self.journey, self.delivery, clock, secret)
        self.status = Status(ledger, backend, secret)
        self.rights = Rights(ledger, backend, self.delivery, clock, secret)
        self.privacy = PrivacyCards(content, self.asking, self.rights, clock)

    @classmethod
    def from_settings(cls, settings: Settings) -> Runtime:
        """The real thing. Raises SettingsError and ContentError."""
        ledger = settings.ledger()
        system = settings.case_system(ledger, utc_now)
        content = FileContent(ROOT, settings.municipality)
        municipality = load_municipality(ROOT / "data/municipalities" / settings.municipality, ROOT / "data/orientation")
        dated = dated_content(ROOT, [settings.municipality])
        return cls(content, municipality, ledger, system.backend, system.calendar, settings.secret, dated=dated)

    def local_time(self) -> datetime:
        """Now, on the clocks of the municipality."""
        return self.clock().astimezone(TIME_ZONE)


_current: Optional[Runtime] = None


def runtime() -> Runtime:
    """The services of this process."""
    global _current  # noqa: PLW0603 - rasa-sdk leaves no other place to hand the services to its actions
    if _current is None:
        _current = Runtime.from_settings(Settings.from_environment())
    return _current


def use(replacement: Optional[Runtime]) -> None:
    """Let all actions work with other services; None goes back to the environment's."""
    global _current  # noqa: PLW0603 - see runtime()
    _current = replacement
