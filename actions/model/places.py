"""Where somebody is, as far as it was said: inside the municipality, in which district, and roughly at which point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Optional

EARTH_KM = 6371.0


@dataclass(frozen=True)
class Point:
    """A point in WGS84."""

    latitude: float
    longitude: float

    def km_to(self, other: Point) -> float:
        """Distance as the crow flies, in kilometres with one decimal: no timetable is consulted."""
        north = radians(other.latitude - self.latitude)
        east = radians(other.longitude - self.longitude)
        half = sin(north / 2) ** 2 + cos(radians(self.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
        return round(2 * EARTH_KM * asin(sqrt(half)), 1)


@dataclass(frozen=True)
class Centre:
    """The rough middle of a district or town, and its postal codes."""

    point: Point
    postal_codes: tuple[str, ...]


@dataclass(frozen=True)
class Pointer:
    """Where somebody finds help whom we cannot send to an office of our own."""

    name: str
    url: str


@dataclass(frozen=True)
class Whereabouts:
    """What is known of the place; ``inside`` is None if nothing is."""

    inside: Optional[bool] = None
    areas: frozenset[str] = frozenset()
    """The district, and the town or quarter in it."""
    point: Optional[Point] = None


@dataclass(frozen=True)
class Places:
    """The geography of a municipality (data/municipalities/<tenant>/places.yml)."""

    spellings: frozenset[str]
    """Names of the whole, in lower case like the neighbours."""
    districts: Mapping[str, tuple[str, ...]]
    """District (a Kreis: its Bezirk) to the quarters (towns) in it."""
    centres: Mapping[str, Centre]
    """By district, or by name of a quarter or town."""
    postal_codes: Optional[tuple[str, str]]
    """First and last, where all between them belong to the municipality."""
    neighbours: frozenset[str]
    """Places nearby that people name and that are not ours."""
    elsewhere: Pointer

    def is_elsewhere(self, said: str) -> bool:
        """Whether a postal code or name is of a place that is not ours."""
        return self.locate(said, said).inside is False

    def locate(self, postal_code: Optional[str], place: Optional[str]) -> Whereabouts:
        """The place by its name or else by the postal code. A name that we do not know says nothing."""
        by_name = self._by_name(place.strip().casefold()) if place else Whereabouts()
        if by_name.areas or by_name.inside is False or not postal_code:
            return by_name
        by_code = self._by_code(postal_code.strip())
        return by_code if by_code.inside is not None else by_name

    def _by_name(self, name: str) -> Whereabouts:
        # A town may give its name to the district around it: the town first.
        members = ((member, district) for district, names in self.districts.items() for member in names)
        for one, district in (*members, *((district, district) for district in self.districts)):
            if name == one.casefold():
                return self._in(district, one)
        if name in self.spellings:
            return Whereabouts(inside=True)
        return Whereabouts(inside=False) if name in self.neighbours else Whereabouts()

    def _by_code(self, code: str) -> Whereabouts:
        for name, centre in self.centres.items():
            if code in centre.postal_codes:
                return self._in(self._district_of(name), name)
        if len(code) != 5 or not code.isdecimal():
            return Whereabouts()
        first, last = self.postal_codes or ("", "")
        return Whereabouts(inside=first <= code <= last)

    def _in(self, district: str, name: str) -> Whereabouts:
        centre = self.centres.get(name) or self.centres.get(district)
        return Whereabouts(inside=True, areas=frozenset({district, name}), point=centre.point if centre else None)

    def _district_of(self, name: str) -> str:
        return next((district for district, members in self.districts.items() if name in members), name)
