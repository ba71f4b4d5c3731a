"""The rules of a municipality. They are data (municipalities/<key>.yml); this module only reads them."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from casebackend.appointments.working_days import WorkingDays

_FOLDER = Path(__file__).parent / "municipalities"


class UnknownMunicipality(Exception):
    """No rules are kept for this key."""


@dataclass(frozen=True)
class PoolRules:
    """What the interpreter pool asks for, and the little it is told."""

    lead_working_days: int
    mode: str
    topic_class: str


@dataclass(frozen=True)
class Municipality:
    """Rules of booking in one municipality, and its demo data."""

    key: str
    name: str
    zone: ZoneInfo
    working_days: WorkingDays
    hold: timedelta
    first_talk: timedelta
    slot_horizon: timedelta
    pool: PoolRules
    demo: dict[str, Any]


def load_municipality(key: str) -> Municipality:
    """Read the rules kept under `key`.

    Raises:
        UnknownMunicipality: there is no such file.
    """
    path = _FOLDER / f"{key}.yml"
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,40}", key) or not path.is_file():
        raise UnknownMunicipality(key)
    rules = yaml.safe_load(path.read_text(encoding="utf-8"))
    booking = rules["booking"]
    return Municipality(
        key=key,
        name=rules["name"],
        zone=ZoneInfo(rules["timezone"]),
        working_days=WorkingDays(country=rules["holidays"]["country"], subdivision=rules["holidays"]["subdivision"]),
        hold=timedelta(minutes=booking["hold_minutes"]),
        first_talk=timedelta(minutes=booking["first_talk_minutes"]),
        slot_horizon=timedelta(weeks=booking["slot_horizon_weeks"]),
        pool=PoolRules(
            lead_working_days=rules["pool"]["lead_working_days"],
            mode=rules["pool"]["mode"],
            topic_class=rules["pool"]["topic_class"],
        ),
        demo=rules["demo"],
    )
