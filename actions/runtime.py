"""Composition root of the action server and the worker: the only place that knows the concrete classes.

Built on first use, because rasa-sdk creates actions without arguments. Tests replace it with ``use``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Optional
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet, MultiFernet

from actions.adapters.case_backend import HttpCaseBackend
from actions.adapters.files import FileContent
from actions.adapters.ledger import SqlLedger, connect
from actions.adapters.municipalities import load_municipality
from actions.model.routing import Municipality
from actions.services.asking import Asking
from actions.services.booking import Booking
from actions.services.clock import Clock, utc_now
from actions.services.consent import Consents
from actions.services.delivery import Delivery
from actions.services.dialogue import Dialogue
from actions.services.handoff import Handoff, Status
from actions.services.orientation import Orientation
from actions.services.ports import Calendar, CaseBackend, Content, Ledger

ROOT = Path(__file__).resolve().parent.parent
TIME_ZONE = ZoneInfo("Europe/Berlin")
"""Of all municipalities of NRW."""


class SettingsError(Exception):
    """A setting is missing or unusable; the message names it."""


@dataclass(frozen=True)
class Settings:
    """What the environment says; ``LOTSE_…`` variables, all without default where a default would be unsafe."""

    municipality: str
    ledger_url: str
    backend_url: str
    backend_token: str
    secret: bytes
    outbox_keys: tuple[str, ...]
    heartbeat: Optional[Path]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Raises SettingsError."""

        def needed(name: str) -> str:
            value = environment.get(name, "")
            if not value:
                raise SettingsError(f"{name} is not set")
            return value

        heartbeat = environment.get("LOTSE_WORKER_HEARTBEAT")
        return cls(
            municipality=environment.get("LOTSE_MUNICIPALITY", "duesseldorf"),
            ledger_url=needed("LOTSE_LEDGER_URL"),
            backend_url=needed("LOTSE_BACKEND_URL"),
            backend_token=needed("LOTSE_BACKEND_TOKEN"),
            secret=needed("LOTSE_SECRET").encode(),
            outbox_keys=tuple(needed("LOTSE_OUTBOX_KEYS").split(",")),
            heartbeat=Path(heartbeat) if heartbeat else None,
        )


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
    ) -> None:
        self.content, self.ledger, self.calendar, self.clock = content, ledger, calendar, clock
        self.dialogue = Dialogue(content)
        self.consents = Consents(ledger, content, clock)
        self.asking = Asking(content, self.consents)
        self.orientation = Orientation(content, municipality)
        self.booking = Booking(calendar)
        self.delivery = Delivery(ledger, backend, calendar, clock)
        self.handoff = Handoff(ledger, content, self.delivery, clock, secret)
        self.status = Status(ledger, backend, secret)

    @classmethod
    def from_settings(cls, settings: Settings) -> Runtime:
        """The real thing. Raises SettingsError and ContentError."""
        try:
            cipher = MultiFernet([Fernet(key) for key in settings.outbox_keys])
        except ValueError as error:
            raise SettingsError(f"LOTSE_OUTBOX_KEYS: {error}") from error
        backend = HttpCaseBackend.at(settings.backend_url, settings.backend_token)
        ledger = SqlLedger(connect(settings.ledger_url), cipher)
        content = FileContent(ROOT, settings.municipality)
        municipality = load_municipality(ROOT / "data/municipalities" / settings.municipality, ROOT / "data/orientation")
        return cls(content, municipality, ledger, backend, backend, settings.secret)

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
