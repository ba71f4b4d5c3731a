"""The translation catalogues at run time. German is the source and needs none."""

from __future__ import annotations

import gettext
from functools import cache
from typing import NoReturn

from babel import Locale

from bot.settings import ROOT

SOURCE_LANGUAGE = "de"
DOMAIN = "lotse"


class Untranslated(Exception):
    """A catalogue has no translation for a text."""


class _Strict(gettext.NullTranslations):
    def pgettext(self, context: str, message: str) -> NoReturn:
        raise Untranslated(context)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    catalogue = gettext.translation(DOMAIN, ROOT / "locales", languages=[language])
    catalogue.add_fallback(_Strict())
    return catalogue


def translate(text: str, context: str, language: str) -> str:
    """The text in a language; raises Untranslated where the catalogue lacks it, FileNotFoundError without a catalogue."""
    text = text.strip()
    if language == SOURCE_LANGUAGE:
        return text
    return _catalogue(language).pgettext(context, text)


def direction(language: str) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if Locale.parse(language).text_direction == "rtl" else "ltr"


def own_name(language: str) -> str:
    """The name of a language in itself, as a person looks for it."""
    locale = Locale.parse(language)
    name = locale.languages[language]
    return name[0].upper() + name[1:]
