"""A person's message as the rules see it, free of Rasa."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Optional


@dataclass(frozen=True)
class Offer:
    """A choice that was on the screen when the person wrote: what it said and the choice code behind it."""

    title: str
    choice: str


@dataclass(frozen=True)
class Message:
    """What came in: the typed text or the tapped choices, and what the classifier made of it.

    ``choices`` is empty for typed text; ``text`` is empty for a tap. ``question`` is the slot that the tapped choice was
    offered for. ``confidence`` is between 0 and 1.
    """

    text: str = ""
    choices: tuple[str, ...] = ()
    question: Optional[str] = None
    intent: str = ""
    confidence: float = 0.0
    language: str = "de"
    entities: Mapping[str, Sequence[str]] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()

    def matching_offer(self) -> Optional[Offer]:
        """The offer whose title, or number on the screen, was typed instead of tapped; None if there is none."""
        typed = fold(self.text)
        if not typed:
            return None
        if typed.isdecimal() and 1 <= int(typed) <= len(self.offers):
            return self.offers[int(typed) - 1]
        return next((offer for offer in self.offers if fold(offer.title) == typed), None)


def fold(text: str) -> str:
    """Text for comparison: compatibility form, no case, no surrounding punctuation, single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else " " for char in folded)
    return " ".join(folded.split())
