"""When people may be rung. Teams are neighbours, reachable from 06:00 to 21:00 every day."""

from datetime import datetime, time, timedelta

from shared.clock import local

MORNING = time(6)
EVENING = time(21)


def is_night(moment: datetime) -> bool:
    """Whether a neighbour's phone had better be silent."""
    return not MORNING <= local(moment).time() < EVENING


def morning_after(moment: datetime) -> datetime:
    """The next 06:00 in Vietnam after a moment in the night."""
    there = local(moment)
    day = there.date() + timedelta(days=there.time() >= EVENING)
    return datetime.combine(day, MORNING, there.tzinfo)
