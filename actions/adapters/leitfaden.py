"""The Leitfaden of a municipality: data/intake/leitfaden.yml as its profile switches it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Optional

from actions.model.consent import Purpose
from actions.model.leitfaden import Entry, Kind, Leitfaden


def leitfaden(data: Mapping[str, Any], profile: Mapping[str, Any]) -> Leitfaden:
    """Built from the two files as they were read. Raises ValueError, KeyError or TypeError where they are wrong."""
    if not isinstance(data["valid_from"], date):
        raise ValueError("leitfaden: valid_from must be a date")
    switched = profile.get("intake") or {}
    modules = data["modules"]
    general = Leitfaden(
        version=data["version"],
        valid_from=data["valid_from"],
        core=tuple(_entry(entry) for entry in data["core"]),
        modules={name: tuple(_entry(entry, name) for entry in module["questions"]) for name, module in modules.items()},
        sensitive={name: _entry(entry) for name, entry in data["sensitive"].items()},
        offered=tuple(name for name, module in modules.items() if module["offered"]),
    )
    reasons = {entry["id"]: entry.get("reason", "") for entry in switched.get("sensitive", ())}
    return general.adapted(switched.get("modules", {}), reasons)


def _entry(data: Mapping[str, Any], module: Optional[str] = None) -> Entry:
    purpose = Purpose(data["purpose"]) if "purpose" in data else None
    return Entry(**{**data, "kind": Kind(data["kind"]), "purpose": purpose, "module": module})
