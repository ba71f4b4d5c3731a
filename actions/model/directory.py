"""The directory as routing needs it, in the words of Open Referral HSDS 3 (data/municipalities/<tenant>/directory.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Optional

from actions.model.holidays import is_holiday
from actions.model.places import Point

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LOOK_AHEAD = timedelta(days=21)
"""Longer than any closing time between holidays; an office that does not open by then is by appointment to us."""


@dataclass(frozen=True)
class Schedule:
    """Weekly opening hours; a summer or winter schedule has its own validity."""

    byday: frozenset[str]
    opens_at: time
    closes_at: time
    valid_from: Optional[date] = None
    valid_to: Optional[date] = None

    def is_on(self, day: date) -> bool:
        """Whether it applies on this day."""
        valid = (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)
        return valid and WEEKDAYS[day.weekday()] in self.byday


@dataclass(frozen=True)
class Service:
    """What is offered, and for which age if it is limited by law."""

    id: str
    minimum_age: Optional[int] = None
    maximum_age: Optional[int] = None

    def is_for(self, age: Optional[int]) -> bool:
        """An age that was not said never excludes."""
        return age is None or (self.minimum_age or 0) <= age <= (self.maximum_age if self.maximum_age is not None else age)


@dataclass(frozen=True)
class ServiceAtLocation:
    """A place to go to for a service."""

    id: str
    service_id: str
    location_id: str
    organization_id: str
    """Who runs the location."""
    point: Optional[Point]
    areas: frozenset[str]
    """Where it lies: district, and town or quarter."""
    languages: frozenset[str]
    schedules: tuple[Schedule, ...]
    service_areas: frozenset[str]
    """Whom it is for: districts, towns or quarters; empty: everybody here."""

    def serves(self, areas: frozenset[str]) -> bool:
        """Whether it is for these areas; nobody is excluded whose place is not known."""
        return not self.service_areas or not areas or bool(self.service_areas & areas)

    def next_opening(self, at: datetime) -> Optional[datetime]:
        """``at`` itself if it is open then, else when it opens next; None without opening hours."""
        for days in range(LOOK_AHEAD.days):
            day = at.date() + timedelta(days=days)
            if is_holiday(day):
                continue
            openings = [
                max(at, datetime.combine(day, schedule.opens_at, at.tzinfo))
                for schedule in self.schedules
                if schedule.is_on(day) and at < datetime.combine(day, schedule.closes_at, at.tzinfo)
            ]
            if openings:
                return min(openings)
        return None


@dataclass(frozen=True)
class Directory:
    """Services, and where they are found, in the order of the file."""

    services: Mapping[str, Service]
    services_at_location: tuple[ServiceAtLocation, ...]

    def at(self, service: str) -> tuple[ServiceAtLocation, ...]:
        """Where a service is found."""
        return tuple(row for row in self.services_at_location if row.service_id == service)
