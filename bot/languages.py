"""Languages by tag: their CLDR locale, direction and names. What CLDR lacks is in data/languages/languages.yml."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import yaml
from babel import Locale

from bot.settings import ROOT

SOURCE_LANGUAGE = "de"
LANGUAGE_SLOT = "language__chosen"


@lru_cache(maxsize=1)
def _others() -> Any:
    return yaml.safe_load((ROOT / "data/languages/languages.yml").read_text(encoding="utf-8"))


@cache
def locale_of(language: str) -> Locale:
    """The CLDR locale of a language. Raises babel.UnknownLocaleError."""
    return Locale.parse(_others().get(language, {}).get("cldr", language))


def base(language: str) -> str:
    """A language without its variant: "de" for "de-simple"."""
    return language.split("-")[0]


def direction(language: str) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if locale_of(language).text_direction == "rtl" else "ltr"


def own_name(language: str) -> str:
    """The name of a language in itself, as a person looks for it."""
    name = _others().get(language, {}).get("own_name") or locale_of(language).languages[language]
    return str(name[0].upper() + name[1:])


def name_in(language: str, locale: Locale) -> str:
    """The name of a language in another one; where CLDR has none, its own."""
    names = locale.languages
    other = _others().get(language)
    if language in names:
        return str(names[language])
    related = names.get(other["cldr"]) if other else None
    return f"{related} ({own_name(language)})" if related else own_name(language)
