"""What the law says of the years around a day: public holidays, days in lieu. And the week that an office keeps."""

from datetime import date

from services.assign.calendars.own import Holidays, OwnCalendar
from shared.vietnam.holidays import holiday_names, office_hours, worked_dates

YEARS_BEFORE, YEARS_AFTER = 1, 2
"""Years of holidays a calendar knows, beside the year at hand."""


def years_around(day: date) -> range:
    return range(day.year - YEARS_BEFORE, day.year + YEARS_AFTER + 1)


def holidays_around(day: date) -> Holidays:
    """Of the years around a day; the library is loaded only where it is asked."""
    years = years_around(day)
    return Holidays(holiday_names(years), worked_dates(years))


def office() -> OwnCalendar:
    """The calendar of everybody who said nothing: office hours, public holidays kept."""
    return OwnCalendar(office_hours(()).weekly)
