"""Names of languages and places in a message, by any of their names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple, Optional

import yaml
from babel import UnknownLocaleError

from bot.languages import locale_of
from bot.nlu.normalise import fold
from bot.settings import ROOT, Municipality

LONGEST_NAME = 4
"""Words that a name may have."""


class Found(NamedTuple):
    """What a name stands for, and the words of the message that it was found in (first, one after the last)."""

    value: str
    first: int
    end: int


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    """Folded names of all languages that are spoken with people here, in all languages of the chat, and by other names."""
    municipality = Municipality.load()
    names: dict[str, str] = {}
    for naming in (*municipality.languages, "en"):
        try:
            known = locale_of(naming).languages
        except (UnknownLocaleError, ValueError):
            continue
        names.update({fold(known[tag]): tag for tag in municipality.spoken_languages if tag in known})
    others = yaml.safe_load((ROOT / "data/languages/names.yml").read_text(encoding="utf-8"))
    names.update({fold(name): tag for tag, more in others.items() for name in more})
    return names


class _Geography(NamedTuple):
    """Places by their German names, and all folded names to them."""

    names: dict[str, str]
    town: str
    nearby: frozenset[str]


@lru_cache(maxsize=1)
def _geography() -> _Geography:
    tenant = Municipality.load().tenant
    places: Any = yaml.safe_load((ROOT / "data/municipalities" / tenant / "places.yml").read_text(encoding="utf-8"))
    town, nearby = places["town"], places["neighbours"]
    names = [*nearby, *(name for district in places["districts"].values() for name in district)]
    folded = {**{fold(name): name for name in names}, **{fold(spelling): town for spelling in places["spellings"]}}
    return _Geography(folded, town, frozenset(nearby))


def language_named(text: str) -> Optional[Found]:
    """The first language that a text names."""
    return _first(text, _languages())


def place_named(text: str) -> Optional[tuple[str, Found]]:
    """``place`` and the first town or district of the municipality that a text names, or ``municipality`` and its name.

    A place nearby only if the text names nothing of ours: who moves from there to here is here.
    """
    names, town, nearby = _geography()
    found = sorted(_all(text, names), key=lambda one: (one.value in nearby, one.value == town, one.first))
    return ("municipality" if found[0].value == town else "place", found[0]) if found else None


def _first(text: str, names: dict[str, str]) -> Optional[Found]:
    return next(_all(text, names), None)


def _all(text: str, names: dict[str, str]) -> Iterator[Found]:
    """All names in a text, the longest at each word."""
    words, first = [fold(word) for word in text.split()], 0
    while first < len(words):
        ends = range(min(first + LONGEST_NAME, len(words)), first, -1)
        found = ((names.get(" ".join(words[first:end]).strip()), end) for end in ends)
        value, end = next(((value, end) for value, end in found if value), ("", first + 1))
        if value:
            yield Found(value, first, end)
        first = end
