"""What must be looked at again, by whom, and until when: content that has expired, or soon will."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

AHEAD = timedelta(days=30)
"""How long before the end its owner is told."""
A_YEAR = timedelta(days=365)
"""What has only the day of its last check is to be checked again after this time."""


@dataclass(frozen=True)
class Dated:
    """Something that holds until a day, that day included; ``name`` says file and entry."""

    owner: str
    name: str
    until: date


@dataclass(frozen=True)
class Due:
    """What an owner has to look at, the oldest first."""

    owner: str
    expired: tuple[Dated, ...]
    soon: tuple[Dated, ...]


def due(dated: Iterable[Dated], today: date) -> list[Due]:
    """Per owner what has expired and what will within 30 days; owners with nothing to do are left out."""
    owners: dict[str, list[Dated]] = {}
    for item in sorted(dated, key=lambda item: (item.until, item.name)):
        if item.until <= today + AHEAD:
            owners.setdefault(item.owner, []).append(item)
    return [
        Due(
            owner,
            tuple(item for item in owners[owner] if item.until < today),
            tuple(item for item in owners[owner] if item.until >= today),
        )
        for owner in sorted(owners)
    ]
