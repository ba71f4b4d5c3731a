"""The Leitfaden: what an intake asks, in which order and with which consent (data/intake/leitfaden.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Any, Optional

from actions.model.consent import Purpose

WITHOUT_CONSENT = "counselling"
"""The only journey whose questions need no consent: they are about needs, not about the person."""


class Kind(str, Enum):
    """How a question is put and its answer read."""

    AREAS = "areas"
    HELPERS = "helpers"
    MODULES = "modules"
    WORDS = "words"
    NAME = "name"
    CONTACT = "contact"
    LANGUAGE = "language"
    YES_NO = "yes_no"
    NUMBER = "number"


@dataclass(frozen=True)
class Entry:
    """One question. ``purpose`` is the consent that it needs; None for a question that is not personal.

    Raises ValueError for a personal question without a purpose, and for a module that asks for more than words and numbers.
    """

    slot: str
    kind: Kind
    purpose: Optional[Purpose] = None
    withhold: bool = False
    """Whether "I do not want to say" is offered beside skipping."""
    unless: Mapping[str, Any] = field(default_factory=dict)
    """Not asked if one of these slots has this value."""
    why: str = ""
    explain: str = ""
    """Names of its texts, if it shares them with other questions."""
    own_consent: bool = False
    """Counts other adults, each of whom has to agree in person before anything is written down about them."""
    module: Optional[str] = None
    reason: Optional[str] = None
    """German; why this municipality asks a sensitive question."""

    def __post_init__(self) -> None:
        if self.purpose is None and self.journey != WITHOUT_CONSENT:
            raise ValueError(f"{self.slot}: a personal question needs a purpose")
        if self.module is not None and self.kind not in (Kind.WORDS, Kind.NUMBER):
            raise ValueError(f"{self.slot}: the hand-over has room for words and numbers of a module, not for {self.kind.value}")

    @property
    def journey(self) -> str:
        return self.slot.partition("__")[0]

    @property
    def id(self) -> str:
        """Its name without its journey, as in the hand-over."""
        return self.slot.partition("__")[2]


@dataclass(frozen=True)
class Leitfaden:
    """One version of it; after ``adapted`` that of one municipality."""

    version: str
    valid_from: date
    core: tuple[Entry, ...]
    modules: Mapping[str, tuple[Entry, ...]]
    sensitive: Mapping[str, Entry]
    """Asked only with a reason."""
    offered: tuple[str, ...]
    """The modules that are offered, in order."""

    def adapted(self, modules: Mapping[str, bool], reasons: Mapping[str, str]) -> Leitfaden:
        """As a municipality has switched it: ``modules`` on or off, and sensitive questions on, each with its reason.

        Raises ValueError for what is not in the Leitfaden, and for a sensitive question without a reason.
        """
        unknown = [*(modules.keys() - self.modules.keys()), *(reasons.keys() - self.sensitive.keys())]
        if unknown:
            raise ValueError(f"not in the Leitfaden: {', '.join(sorted(unknown))}")
        silent = [name for name, reason in reasons.items() if not (reason or "").strip()]
        if silent:
            raise ValueError(f"a sensitive question needs a reason: {', '.join(silent)}")
        return replace(
            self,
            offered=tuple(name for name in self.modules if modules.get(name, name in self.offered)),
            sensitive={name: replace(entry, reason=reasons.get(name)) for name, entry in self.sensitive.items()},
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All questions in order; those of the modules and the sensitive ones stand behind the offer of the modules."""
        found: list[Entry] = []
        for entry in self.core:
            if entry.kind is not Kind.MODULES or self.offered:
                found.append(entry)
            if entry.kind is Kind.MODULES:
                found += [one for name in self.offered for one in self.modules[name]]
                found += [one for one in self.sensitive.values() if one.reason]
        return tuple(found)
