"""Working days in North Rhine-Westphalia."""

from datetime import date

import pytest

from casebackend.appointments.working_days import WorkingDays

NRW = WorkingDays("DE", "NW")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 12, 25), False),
        (date(2027, 5, 27), False),  # Fronleichnam, a holiday in NRW
        (date(2026, 10, 31), False),  # a Saturday
        (date(2028, 10, 31), True),  # Reformationstag, no holiday in NRW
    ],
)
def test_is_working_day(day: date, expected: bool) -> None:
    assert NRW.is_working_day(day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),
        (date(2026, 11, 21), date(2026, 11, 27)),
        (date(2026, 12, 23), date(2026, 12, 31)),
    ],
)
def test_fifth_working_day_after(day: date, expected: date) -> None:
    assert NRW.after(day, 5) == expected
