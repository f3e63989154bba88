"""The calendar's form: what was typed as a calendar, and a calendar as what stands in the fields. Pure."""

import re
from collections.abc import Mapping
from datetime import date

from services.assign.calendars.own import MOST_STRETCHES, Day, OwnCalendar, Wrong
from shared.working_time import WEEKDAYS, Hours

_STRETCH = re.compile(r"(\d{1,2})[:hg.](\d{2})?\s*(?:-|–|đến|den|to)\s*(\d{1,2})[:hg.](\d{2})?", re.IGNORECASE)
_DATE = re.compile(r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*(.*)$")
_WHY = 80


def typed_of(own: OwnCalendar) -> dict[str, str]:
    """What the fields show."""
    week = {name: ", ".join(map(str, day)) for name, day in zip(WEEKDAYS, own.weekly, strict=True)}
    days = {"closed": _lines(own.closed), "worked": _lines(own.worked)}
    return week | days | ({"keeps_holidays": "yes"} if own.keeps_holidays else {})


def own_of(typed: Mapping[str, str]) -> OwnCalendar:
    """What was typed: `7:30-11:30, 13h-17h` for a day, `16/02/2026 Giao thừa` a line for dates. `own.Wrong`."""
    return OwnCalendar(
        tuple(_stretches(typed.get(name, ""), name) for name in WEEKDAYS),
        _days(typed.get("closed", ""), "closed"),
        _days(typed.get("worked", ""), "worked"),
        typed.get("keeps_holidays") == "yes",
    )


def _stretches(text: str, field: str) -> tuple[Hours, ...]:
    if not text.strip():
        return ()
    parts = [part for part in re.split(r"[,;]", text) if part.strip()]
    found = [_STRETCH.fullmatch(part.strip()) for part in parts]
    if len(found) > MOST_STRETCHES or not all(found):
        raise Wrong("hours", field)
    try:
        return tuple(Hours.of(f"{int(m[1]):02d}:{m[2] or '00'}", f"{int(m[3]):02d}:{m[4] or '00'}") for m in found if m)
    except ValueError:
        raise Wrong("hours", field) from None


def _days(text: str, field: str) -> tuple[Day, ...]:
    return tuple(sorted(_day(line, field) for line in text.splitlines() if line.strip()))


def _day(line: str, field: str) -> Day:
    found = _DATE.match(line)
    try:
        if found:
            return Day(date(int(found[3]), int(found[2]), int(found[1])), found[4].strip(" ,;:-")[:_WHY])
    except ValueError:
        pass
    raise Wrong("date", field, line=line.strip()[:40])


def _lines(days: tuple[Day, ...]) -> str:
    return "\n".join(f"{day.date:%d/%m/%Y} {day.why}".strip() for day in days)
