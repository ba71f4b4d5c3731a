"""Which case system an installation hands over to: ``LOTSE_CASE_BACKEND`` and what that choice needs (docs/handover.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from actions.adapters.case_backend import HttpCaseBackend
from actions.adapters.file_drop import FileDrop
from actions.adapters.fit_connect import Client, Destination, FitConnect
from actions.adapters.fit_connect_events import EventKeys
from actions.adapters.http import client, secure
from actions.adapters.no_calendar import NoCalendar
from actions.adapters.sealing import recipient_key
from actions.adapters.webhook import SignedWebhook, secret_bytes
from actions.services.clock import Clock
from actions.services.ports import Calendar, CaseBackend, References
from actions.settings import SettingsError, needed

T = TypeVar("T")


@dataclass(frozen=True)
class CaseSystem:
    """Where cases go, and where appointments are kept."""

    backend: CaseBackend
    calendar: Calendar


Build = Callable[[References, Clock], CaseSystem]


def chosen(environment: Mapping[str, str]) -> Build:
    """How to build the chosen case system; everything it needs is read and checked now. Raises SettingsError."""
    name = environment.get("LOTSE_CASE_BACKEND", "bundled")
    if name not in CHOICES:
        raise SettingsError(f"LOTSE_CASE_BACKEND is {name!r}; possible are {', '.join(CHOICES)}")
    return CHOICES[name](environment)


def _read(environment: Mapping[str, str], name: str, read: Callable[[str], T]) -> T:
    """A variable that must be set and make sense. Raises SettingsError."""
    try:
        return read(needed(environment, name))
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from error


def _bundled(environment: Mapping[str, str]) -> Build:
    url, token = needed(environment, "LOTSE_BACKEND_URL"), needed(environment, "LOTSE_BACKEND_TOKEN")

    def build(references: References, clock: Clock) -> CaseSystem:
        backend = HttpCaseBackend.at(url, token)
        return CaseSystem(backend, backend)

    return build


def _webhook(environment: Mapping[str, str]) -> Build:
    url = _read(environment, "LOTSE_WEBHOOK_URL", secure)
    secrets = _read(environment, "LOTSE_WEBHOOK_SECRETS", lambda text: [secret_bytes(part) for part in text.split(",")])
    return lambda references, clock: CaseSystem(SignedWebhook(client(), url, secrets, clock), NoCalendar())


def _file_drop(environment: Mapping[str, str]) -> Build:
    folder = _read(environment, "LOTSE_DROP_FOLDER", _folder)
    key = _read(environment, "LOTSE_DROP_KEY", lambda text: recipient_key(Path(text)))
    receipts = _read(environment, "LOTSE_DROP_RECEIPTS", _folder) if environment.get("LOTSE_DROP_RECEIPTS") else None
    return lambda references, clock: CaseSystem(FileDrop(folder, key, references, receipts), NoCalendar())


def _fit_connect(environment: Mapping[str, str]) -> Build:
    url = _read(environment, "LOTSE_FIT_CONNECT_URL", secure)
    sender = Client(
        _read(environment, "LOTSE_FIT_CONNECT_TOKEN_URL", secure),
        needed(environment, "LOTSE_FIT_CONNECT_CLIENT_ID"),
        needed(environment, "LOTSE_FIT_CONNECT_CLIENT_SECRET"),
    )
    destination = Destination(
        needed(environment, "LOTSE_FIT_CONNECT_DESTINATION"),
        needed(environment, "LOTSE_FIT_CONNECT_SERVICE"),
        needed(environment, "LOTSE_FIT_CONNECT_SERVICE_NAME"),
        _read(environment, "LOTSE_FIT_CONNECT_KEYS", lambda text: EventKeys.from_file(Path(text))),
    )

    def build(references: References, clock: Clock) -> CaseSystem:
        http = client(url.rstrip("/") + "/")
        return CaseSystem(FitConnect(http, sender, destination, references, clock), NoCalendar())

    return build


def _folder(text: str) -> Path:
    folder = Path(text)
    if not folder.is_dir():
        raise ValueError(f"{text} is not a folder")
    return folder


CHOICES: Mapping[str, Callable[[Mapping[str, str]], Build]] = {
    "bundled": _bundled,
    "webhook": _webhook,
    "file_drop": _file_drop,
    "fit_connect": _fit_connect,
}
