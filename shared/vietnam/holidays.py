"""The calendars a help desk in Vietnam starts with: office hours with public holidays, the day of neighbours, all day.

Holidays come from the `holidays` library (Tết, Giỗ Tổ, days in lieu, Ngày Văn hóa Việt Nam), loaded only when asked
for, since it costs 20 MB. Exchanges of working days are decreed year by year: beyond, the library knows the law alone.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from shared.working_time import Calendar, Hours

_EXCHANGED = {date(2026, 1, 2): date(2026, 1, 10)}
"""Days off by decree that the library does not know, and the days that are worked for them."""
_OFFICE = (Hours.of("07:30", "11:30"), Hours.of("13:00", "17:00"))
_REACHABLE = (Hours.of("06:00", "21:00"),)
_WHOLE_DAY = (Hours.of("00:00", "24:00"),)


def closed_dates(years: Iterable[int]) -> frozenset[date]:
    """Public holidays and days in lieu of these years."""
    return _dates(frozenset(years))[0]


def worked_dates(years: Iterable[int]) -> frozenset[date]:
    """Saturdays and Sundays of these years that are worked for a day off elsewhere."""
    return _dates(frozenset(years))[1]


def holiday_names(years: Iterable[int]) -> dict[date, str]:
    """Closed dates of these years, each with its name in Vietnamese."""
    from holidays import country_holidays

    wanted = frozenset(years)
    known = dict(country_holidays("VN", years=wanted, language="vi"))
    decreed = {off: f"Ngày nghỉ (thay cho ngày {worked:%d/%m/%Y})" for off, worked in _EXCHANGED.items()}
    return {day: name for day, name in sorted((decreed | known).items()) if day.year in wanted}


def office_hours(years: Iterable[int]) -> Calendar:
    """Monday to Friday 07:30-11:30 and 13:00-17:00 but on holidays; a target's last day must lie in these years."""
    closed, worked = _dates(frozenset(years))
    return Calendar((_OFFICE,) * 5 + ((), ()), closed, worked)


def reachable_hours() -> Calendar:
    """06:00-21:00 every day: when a village team, being neighbours, may be called unless it says otherwise."""
    return Calendar((_REACHABLE,) * 7)


def round_the_clock() -> Calendar:
    """Every moment counts."""
    return Calendar((_WHOLE_DAY,) * 7)


@lru_cache(maxsize=8)
def _dates(years: frozenset[int]) -> tuple[frozenset[date], frozenset[date]]:
    """Closed and worked dates. The year after is asked too: a day in December may be worked for one in January."""
    from holidays import country_holidays

    known = country_holidays("VN", years=[*years, *(year + 1 for year in years)])
    closed = frozenset(day for day in (*known, *_EXCHANGED) if day.year in years)
    worked = frozenset(day for day in (*known.weekend_workdays, *_EXCHANGED.values()) if day.year in years)
    return closed, worked - closed
