"""The translation catalogues at run time. German is the source and needs none."""

from __future__ import annotations

import gettext
from functools import cache
from typing import NoReturn

from bot.languages import SOURCE_LANGUAGE, base
from bot.settings import ROOT

DOMAIN = "lotse"


class Untranslated(Exception):
    """A catalogue has no translation for a text."""


class _Strict(gettext.NullTranslations):
    def pgettext(self, context: str, message: str) -> NoReturn:
        raise Untranslated(context)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    catalogue = gettext.translation(DOMAIN, ROOT / "locales", languages=[language])
    # A variant of German may keep a German text; for any other language that would be a mixture.
    catalogue.add_fallback(gettext.NullTranslations() if base(language) == SOURCE_LANGUAGE else _Strict())
    return catalogue


def translate(text: str, context: str, language: str) -> str:
    """The text in a language; raises Untranslated where the catalogue lacks it, FileNotFoundError without a catalogue."""
    text = text.strip()
    if language == SOURCE_LANGUAGE:
        return text
    return _catalogue(language).pgettext(context, text)
