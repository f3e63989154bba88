"""Promise 3.1: exact to the second. The table of `docs/working-time.md` is what is tested."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest

from services.assign.calendars.law import holidays_around, office
from services.assign.calendars.own import Day, OwnCalendar, composed
from shared.clock import VIETNAM
from shared.working_time import Calendar, Hours, Span, due, elapsed

TABLE = Path(__file__).parents[3] / "docs" / "working-time.md"
TODAY = date(2026, 11, 25)
MARKET = (Hours.of("06:00", "10:00"),)


@lru_cache
def calendar(name: str) -> Calendar:
    own = {
        "office": office(),
        "always": OwnCalendar(((Hours.of("00:00", "24:00"),),) * 7, keeps_holidays=False),
        "market": OwnCalendar(((), *(MARKET,) * 6), keeps_holidays=False),
        "lieu": OwnCalendar(office().weekly, (Day(date(2026, 12, 24)),), (Day(date(2026, 12, 26)),)),
        "tet": OwnCalendar(office().weekly, tuple(Day(date(2027, 2, day)) for day in range(4, 13))),
    }[name]
    return composed(own, holidays_around(TODAY), TODAY)


def lines() -> Iterator[list[str]]:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and cells[0] not in ("case", "---"):
            yield cells


def at(text: str) -> datetime:
    return datetime.fromisoformat(text.strip()).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize("cells", list(lines()), ids=lambda cells: cells[0])
def test_it_falls_due_as_published(cells: list[str]) -> None:
    _, name, asked, promised, paused, due_at = cells
    target_s = float(promised.removesuffix(" h")) * 3600
    pauses = [Span(*map(at, paused.split(" to ")))] if paused else []
    found = due(calendar(name), at(asked), target_s, pauses)
    assert found == at(due_at)
    assert elapsed(calendar(name), at(asked), at(due_at), pauses) == target_s
    assert elapsed(calendar(name), at(asked), at(due_at) - timedelta(seconds=1), pauses) == target_s - 1


def test_enough_is_published() -> None:
    assert len(list(lines())) >= 20
