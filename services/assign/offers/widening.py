"""Offers widen: after a silence the next team is asked as well. Pure.

Minutes of silence count while the team asked can be reached; what is urgent counts always.
"""

from datetime import datetime, timedelta
from typing import Any

from services.assign.sla.promised import Promised, calendar_of
from shared.vietnam.holidays import reachable_hours
from shared.working_time import Calendar, add_working, opens_at

_NEIGHBOURS = reachable_hours()


def hours_of(team_hours: dict[str, Any] | None) -> Calendar:
    """When a team can be reached: as it says, else 06:00-21:00 every day."""
    return calendar_of(team_hours) if team_hours else _NEIGHBOURS


def ring_at(promised: Promised, hours: Calendar, now: datetime) -> datetime:
    """When a team may be rung: at once where it is urgent or reachable, else when its hours begin."""
    return now if promised.urgent else opens_at(hours, now)


def widen_at(promised: Promised, hours: Calendar, asked_at: datetime) -> datetime:
    """When the next team is asked as well."""
    if promised.urgent:
        return asked_at + timedelta(seconds=promised.widen_s)
    return add_working(hours, asked_at, promised.widen_s)
