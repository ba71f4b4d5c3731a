"""Public holidays of North Rhine-Westphalia (Feiertagsgesetz NW, § 2), computed: no list to keep up to date."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

FIXED = ((1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26))
"""New Year, Labour Day, German Unity, All Saints, Christmas; (month, day)."""
AFTER_EASTER = (-2, 1, 39, 50, 60)
"""Good Friday, Easter Monday, Ascension, Whit Monday, Corpus Christi; days from Easter Sunday."""


def easter_sunday(year: int) -> date:
    """Easter in the Gregorian calendar (Meeus, Jones, Butcher)."""
    century, in_century = divmod(year, 100)
    golden = year % 19
    leap_centuries, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leaps, years = divmod(in_century, 4)
    weekday = (32 + 2 * rest + 2 * leaps - epact - years) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    """All public holidays of a year."""
    easter = easter_sunday(year)
    moving = {easter + timedelta(days=days) for days in AFTER_EASTER}
    return frozenset({date(year, month, day) for month, day in FIXED} | moving)


def is_holiday(day: date) -> bool:
    """Whether offices are closed that day by law; Sundays are not counted."""
    return day in holidays(day.year)
