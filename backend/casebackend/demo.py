"""Demo data: invented staff of one municipality, their hours and slots. There are no demo intakes."""

import base64
import hashlib
import hmac
from datetime import datetime, time
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from casebackend.appointments.slots import ensure_slots
from casebackend.config import Settings
from casebackend.models import Place, Role, StaffLanguage, StaffMember, WorkingHours
from casebackend.staff.access import fits, hash_password


class RealStaffPresent(Exception):
    """The database is in use by real staff; demo logins must not get in."""


def load_demo(session: Session, settings: Settings, now: datetime) -> list[dict[str, str]]:
    """Make the demo data; a second time it changes nothing. Returns the logins with their passwords.

    Passwords are derived from the session secret, so they are the same each time and stand in no file.

    Raises:
        RealStaffPresent: somebody is not a demo account.
    """
    if session.scalar(select(exists().where(StaffMember.demo.is_(False)))):
        raise RealStaffPresent
    demo = settings.municipality.demo
    places = {key: _place(session, entry) for key, entry in demo["places"].items()}
    logins = [
        _member(session, settings, entry, Role.CASE_MANAGER, places[entry["place"]]) for entry in demo["case_managers"]
    ]
    logins += [_member(session, settings, entry, Role.COORDINATION, None) for entry in demo["coordination"]]
    session.flush()
    ensure_slots(session, now, settings.municipality)
    return logins


def _place(session: Session, entry: dict[str, str]) -> Place:
    place = session.scalar(select(Place).where(Place.demo.is_(True), Place.name == entry["name"]))
    if place is None:
        place = Place(**entry, demo=True)
        session.add(place)
    return place


def _member(
    session: Session, settings: Settings, entry: dict[str, Any], role: Role, place: Place | None
) -> dict[str, str]:
    password = _password(settings, entry["login"])
    member = session.scalar(select(StaffMember).where(StaffMember.login == entry["login"]))
    if member is None:
        member = StaffMember(login=entry["login"], name=entry["name"], role=role, demo=True, place=place)
        member.languages = [StaffLanguage(language=language) for language in entry.get("languages", [])]
        member.hours = [_hours(weekday, span) for weekday, spans in entry.get("hours", {}).items() for span in spans]
        member.password_hash = hash_password(password)
        session.add(member)
    elif not fits(password, member.password_hash):
        member.password_hash = hash_password(password)
    return {"user": entry["login"], "password": password, "role": role.value, "name": entry["name"]}


def _hours(weekday: int, span: str) -> WorkingHours:
    starts, ends = span.split("-")
    return WorkingHours(weekday=weekday, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends))


def _password(settings: Settings, login: str) -> str:
    digest = hmac.new(settings.session_secret.encode(), f"demo:{login}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:10]).decode().lower()
