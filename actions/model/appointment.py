"""Appointment values of contracts/backend-v1.openapi.yml. Times are aware and carry their offset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional


@dataclass(frozen=True)
class Place:
    """Where a talk takes place; ``demo`` marks an address that is not real."""

    name: str
    street: str
    postal_code: str
    city: str
    demo: bool


@dataclass(frozen=True)
class Slot:
    """A free time with place, person and interpreter found together. Times are RFC 3339 texts."""

    slot_id: str
    starts_at: str
    ends_at: str
    place: Place
    case_manager: str
    interpreter: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Slot:
        place = Place(**{field: data["place"][field] for field in Place.__dataclass_fields__})
        texts = {field: str(data[field]) for field in cls.__dataclass_fields__ if field != "place"}
        return cls(place=place, **texts)

    def to_json(self) -> dict[str, Any]:
        return {**self.__dict__, "place": dict(self.place.__dict__)}


@dataclass(frozen=True)
class Appointment:
    """A slot that is held, provisional, confirmed, lapsed or cancelled under our own id."""

    appointment_id: str
    state: str
    slot: Slot

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Appointment:
        return cls(str(data["appointment_id"]), str(data["state"]), Slot.from_json(data))

    def to_json(self) -> dict[str, Any]:
        return {"appointment_id": self.appointment_id, "state": self.state, **self.slot.to_json()}


@dataclass(frozen=True)
class CaseStatus:
    """What the backend says about an intake: state and reason are codes of codes-v1.yml."""

    state: str
    reason: Optional[str]
    changed_at: str
    appointment: Optional[Appointment]
