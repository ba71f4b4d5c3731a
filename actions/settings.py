"""Reading settings: ``LOTSE_…`` variables, without default where a default would be unsafe."""

from __future__ import annotations

from collections.abc import Mapping


class SettingsError(Exception):
    """A setting is missing or unusable; the message names it."""


def needed(environment: Mapping[str, str], name: str) -> str:
    """A variable that must be set. Raises SettingsError."""
    value = environment.get(name, "")
    if not value:
        raise SettingsError(f"{name} is not set")
    return value
