"""Languages by any of their names: in German, in English, and in the languages we know (CLDR, through Babel)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Optional

from babel import Locale, UnknownLocaleError

from actions.model.message import fold

NAMING_LOCALES = (
    "de",
    "en",
    "ar",
    "tr",
    "uk",
    "ru",
    "fa",
    "fr",
    "ro",
    "bg",
    "pl",
    "es",
    "sq",
    "sr",
    "so",
    "ps",
    "ckb",
    "ku",
    "ti",
)


@lru_cache(maxsize=8)
def _names(tags: tuple[str, ...]) -> dict[str, str]:
    names = {}
    for naming in (*NAMING_LOCALES, *tags):
        try:
            known = Locale.parse(naming).languages
        except (UnknownLocaleError, ValueError):
            continue
        for tag in tags:
            if tag in known:
                names[fold(known[tag])] = tag
    return names


def language_in(text: str, tags: Iterable[str]) -> Optional[str]:
    """The first of ``tags`` that the text names; the longest name wins. None if it names none."""
    padded = f" {fold(text)} "
    names = _names(tuple(tags))
    found = [name for name in names if f" {name} " in padded or (len(name) >= 4 and f" {name}" in padded)]
    return names[max(found, key=len)] if found else None
