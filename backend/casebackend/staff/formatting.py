"""How times, languages and contacts are shown on the staff pages. Everything is German (Babel, CLDR)."""

import re
from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta

_GERMAN = Locale("de")
# ISO 639-3 codes that CLDR keeps under another name.
_CLDR_NAMES = {"prs": "fa_AF", "kmr": "ku"}


def date_time(moment: datetime, zone: ZoneInfo) -> str:
    """21.11.2026, 05:18 Uhr"""
    return f"{format_date(moment.astimezone(zone), 'dd.MM.yyyy', locale=_GERMAN)}, {clock_time(moment, zone)} Uhr"


def long_day(moment: datetime | date, zone: ZoneInfo) -> str:
    """Samstag, 21. November 2026"""
    day = moment.astimezone(zone) if isinstance(moment, datetime) else moment
    return format_date(day, "EEEE, d. MMMM yyyy", locale=_GERMAN)


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """05:18"""
    return format_time(moment.astimezone(zone), "HH:mm", locale=_GERMAN)


def relative(moment: datetime, now: datetime) -> str:
    """vor 5 Minuten"""
    return format_timedelta(moment - now, add_direction=True, locale=_GERMAN)


def language_name(code: str) -> str:
    """The German name of a language, or its code where CLDR has none."""
    names = _GERMAN.languages
    primary = code.split("-")[0]
    wanted = _CLDR_NAMES.get(primary, code.replace("-", "_"))
    return str(names.get(wanted) or names.get(primary) or code)


def direction(code: str | None) -> str:
    """Writing direction of a language for `dir`; `auto` where it is not known."""
    if code is None:
        return "auto"
    primary = code.split("-")[0]
    try:
        return str(Locale.parse(_CLDR_NAMES.get(primary, primary)).text_direction)
    except (UnknownLocaleError, ValueError):
        return "auto"


def contact_link(kind: str | None, value: str | None) -> str | None:
    """tel: or mailto: for a contact, or None where the value is not one to be called or written to."""
    if kind == "phone" and value and re.fullmatch(r"\+?[0-9][0-9 /()-]{2,30}", value):
        return "tel:" + re.sub(r"[^+0-9]", "", value)
    if kind == "email" and value and re.fullmatch(r"[^\s@?&]+@[^\s@?&]+", value):
        return "mailto:" + quote(value, safe="@.+-_")
    return None
