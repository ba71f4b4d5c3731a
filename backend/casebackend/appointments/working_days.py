"""Working days: Monday to Friday without the public holidays of a federal state."""

from datetime import date, timedelta

import holidays


class WorkingDays:
    """Counts working days of one state. Source of the holidays: the `holidays` package."""

    def __init__(self, country: str, subdivision: str) -> None:
        self._holidays = holidays.country_holidays(country, subdiv=subdivision)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self._holidays

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself does not count (as in § 187 BGB)."""
        while count > 0:
            day += timedelta(days=1)
            if self.is_working_day(day):
                count -= 1
        return day
