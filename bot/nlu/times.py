"""Days and times in any of our languages: names from CLDR and data/languages/times.yml, written dates by dateparser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Optional

import yaml
from babel import UnknownLocaleError
from dateparser.conf import SettingValidationError
from dateparser.search import search_dates

from bot.languages import locale_of
from bot.nlu.normalise import fold, normalise
from bot.settings import ROOT

_NUMBERS = re.compile(r"(?<![\d.])(\d{1,2})\s?[./]\s?(\d{1,2})(?:\.(?!\s?\d)|(?!\s?[\d.:/]|\s?uhr))")
_WRITTEN = re.compile(r"\b\d{1,2}\s?[./-]\s?\d{1,2}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\.?\s+[^\W\d_]{3,}")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])\s?(?::|\.|h|uhr\b)\s?([0-5]\d)?\b")
_TWELVE = re.compile(r"\b(1[0-2]|[1-9])\s?([ap])\.?m\b")


class Names(NamedTuple):
    """Folded words of a language, longest first: days from today, weekdays (Monday 0), parts of the day."""

    days: Mapping[str, int]
    weekdays: Mapping[str, int]
    parts: Mapping[str, str]


@lru_cache(maxsize=1)
def _data() -> Any:
    return yaml.safe_load((ROOT / "data/languages/times.yml").read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def _names(language: str) -> Names:
    own = _data()["words"].get(language, {})
    days = {fold(word): number for number, words in own.items() if isinstance(number, int) for word in words}
    parts = {fold(word.rstrip("*")): part for part, words in own.items() if isinstance(part, str) for word in words}
    try:
        wide = locale_of(language).days["format"]["wide"]
    except (UnknownLocaleError, ValueError):
        wide = {}
    return Names(_longest(days), _longest({fold(name): number for number, name in wide.items()}), _longest(parts))


def _longest(words: Mapping[str, Any]) -> dict[str, Any]:
    return {word: words[word] for word in sorted(words, key=len, reverse=True) if word}


def time_in(text: str, language: Optional[str], today: date) -> Optional[str]:
    """The day, and the hours if any are named, as an ISO 8601 interval of local time; None if the text names no day.

    A weekday is the next one after today; a written date without a year is the next one to come.
    """
    folded = f" {fold(text)} "
    for greeting in _data()["greetings"]:
        folded = folded.replace(f" {fold(greeting)} ", " ")
    tags = list(dict.fromkeys((language or "de", "de", "en")))
    day = next((found for tag in tags for found in [_named_day(folded, _names(tag), today)] if found), None)
    day = day or _written_day(normalise(text), tags, today)
    if day is None:
        return None
    begin, end = _hours(normalise(text), folded, tags)
    ending = datetime.combine(day, end) if end else datetime.combine(day + timedelta(days=1), time())
    return f"{datetime.combine(day, begin).isoformat('T', 'minutes')}/{ending.isoformat('T', 'minutes')}"


def _named_day(folded: str, names: Names, today: date) -> Optional[date]:
    for word, number in names.days.items():
        if f" {word} " in folded:
            return today + timedelta(days=number if number < 7 else 7 - today.weekday())
    for word, weekday in names.weekdays.items():
        # Articles before and endings of cases ("الثلاثاء", "в пятницу", "dienstags") belong to the name.
        stem = word[:-1] if len(word) > 4 else word
        if re.search(rf" \w{{0,2}}{re.escape(stem)}\w{{0,2}} ", folded):
            return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return None


def _written_day(text: str, tags: list[str], today: date) -> Optional[date]:
    numbers = _NUMBERS.search(text)
    if numbers:
        return _next(int(numbers.group(2)), int(numbers.group(1)), today)
    if not _WRITTEN.search(text):
        return None
    settings = {
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": datetime.combine(today, time()),
        "REQUIRE_PARTS": ["day", "month"],
        "DATE_ORDER": "DMY",
        "PARSERS": ["absolute-time"],
    }
    known = [tag for tag in tags if tag in _dateparser_languages()]
    try:
        found = search_dates(text, languages=known, settings=settings)
    except (SettingValidationError, ValueError, OverflowError):
        return None
    days = [moment.date() for _, moment in found or ()]
    return next((day for day in days if today <= day <= today + timedelta(days=366)), None)


def _next(month: int, day: int, today: date) -> Optional[date]:
    for year in (today.year, today.year + 1):
        try:
            if (found := date(year, month, day)) >= today:
                return found
        except ValueError:
            return None
    return None


@lru_cache(maxsize=1)
def _dateparser_languages() -> frozenset[str]:
    from dateparser.data.languages_info import language_order

    return frozenset(language_order)


def _hours(text: str, folded: str, tags: list[str]) -> tuple[time, Optional[time]]:
    twelve = _TWELVE.search(text)
    if twelve:
        return time(int(twelve.group(1)) % 12 + (12 if twelve.group(2) == "p" else 0)), None
    clock = next((match for match in _CLOCK.finditer(text) if not _is_date(text, match)), None)
    if clock:
        return time(int(clock.group(1)), int(clock.group(2) or 0)), None
    for tag in tags:
        for word, part in _names(tag).parts.items():
            if f" {word}" in folded:
                begin, end = _data()["parts"][part]
                return time.fromisoformat(begin), time.fromisoformat(end)
    return time(), None


def _is_date(text: str, match: re.Match[str]) -> bool:
    """Whether "24.11" is a date rather than a time: a dot, and no word for hours."""
    return "." in match.group() and not re.search(r"uhr|h\b", text[match.start() : match.end() + 5])
