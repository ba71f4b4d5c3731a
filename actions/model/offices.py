"""Which of several offices first: the order of the criteria is the municipality's (routing.yml: prefer)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Any, Optional

from actions.model.directory import ServiceAtLocation
from actions.model.places import Whereabouts

FAR_AWAY = timedelta(days=365)


@dataclass(frozen=True)
class RankedOffice:
    """A service at a location, and what speaks for it (codes-v1.yml: routing_reasons)."""

    service_at_location: str
    location: str
    distance_km: Optional[float]
    """As the crow flies, between the middles of the districts unless the location has coordinates of its own."""
    opens: Optional[datetime]
    """The time asked for if it is open then, else the next opening; None: by appointment."""
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Seen:
    office: ServiceAtLocation
    speaks: bool
    same_district: bool
    distance: Optional[float]
    opens: Optional[datetime]


def _opens(seen: _Seen, at: datetime) -> timedelta:
    return FAR_AWAY if seen.opens is None else seen.opens - at


PREFERENCES: Mapping[str, Callable[[_Seen, datetime], Any]] = {
    "language": lambda seen, at: not seen.speaks,
    "district": lambda seen, at: not seen.same_district,
    "distance": lambda seen, at: inf if seen.distance is None else seen.distance,
    "opening": _opens,
}
"""The smaller, the better. Nothing here excludes: a language that is not spoken only comes later."""


def rank(
    offices: Sequence[ServiceAtLocation],
    where: Whereabouts,
    language: str,
    at: datetime,
    prefer: Sequence[str],
    interpreter_pool: bool,
) -> tuple[RankedOffice, ...]:
    """The offices in the order that fits; equals stay in the order of the directory."""
    language = language.split("-")[0]
    seen = [_see(office, where, language, at) for office in offices]
    seen.sort(key=lambda one: tuple(PREFERENCES[name](one, at) for name in prefer))
    distances = [one.distance for one in seen if one.distance is not None]
    nearest = min(distances) if len(set(distances)) > 1 else None
    return tuple(
        RankedOffice(
            one.office.id, one.office.location_id, one.distance, one.opens, _reasons(one, at, nearest, language, interpreter_pool)
        )
        for one in seen
    )


def _see(office: ServiceAtLocation, where: Whereabouts, language: str, at: datetime) -> _Seen:
    distance = where.point.km_to(office.point) if where.point and office.point else None
    return _Seen(
        office=office,
        speaks=language in office.languages,
        same_district=bool(office.areas & where.areas),
        distance=distance,
        opens=office.next_opening(at),
    )


def _reasons(one: _Seen, at: datetime, nearest: Optional[float], language: str, interpreter_pool: bool) -> tuple[str, ...]:
    spoken = "speaks_language" if one.speaks else "with_interpreter" if interpreter_pool else "interpreter_open"
    opening = "by_appointment" if one.opens is None else "open_now" if one.opens == at else "opens_later"
    found = (
        ("same_district", one.same_district),
        ("nearest", nearest is not None and one.distance == nearest),
        (spoken, language != "de"),
        (opening, True),
    )
    return tuple(code for code, holds in found if holds)
