"""Names of languages and places in a message, by any of their names."""

from __future__ import annotations

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


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    """Folded names of towns and districts of the municipality to their German names."""
    tenant = Municipality.load().tenant
    path = ROOT / "data/municipalities" / tenant / "places.yml"
    places: Any = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    names = {fold(name): name for district in (places.get("districts") or {}).values() for name in district}
    return {**names, **{fold(spelling): places["town"] for spelling in places.get("spellings", ())}}


def language_named(text: str) -> Optional[Found]:
    """The first language that a text names."""
    return _first(text, _languages())


def place_named(text: str) -> Optional[Found]:
    """The first town or district of the municipality that a text names."""
    return _first(text, _places())


def _first(text: str, names: dict[str, str]) -> Optional[Found]:
    words = [fold(word) for word in text.split()]
    for first in range(len(words)):
        for end in range(min(first + LONGEST_NAME, len(words)), first, -1):
            value = names.get(" ".join(words[first:end]).strip())
            if value:
                return Found(value, first, end)
    return None
