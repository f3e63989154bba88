"""A ticket as cells, without anything personal: no number, no name of a resident, none of their words. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.assign.reporting.exports.cells import Cell, Column, Kind
from shared.codes import spoken
from shared.web.languages import Translator

READ = (
    "code",
    "category",
    "channel",
    "commune_code",
    "commune_name",
    "village_name",
    "team",
    "team_name",
    "status",
    "submitted_at",
    "response_due",
    "response_met_at",
    "resolution_due",
    "resolution_met_at",
    "pauses",
    "reopened",
    "outcome",
    "stars",
)
"""Columns of the store that are read, in this order; nothing else leaves it."""
_SHAPES: dict[str, tuple[Kind, int]] = {
    "code": ("text", 14),
    "category": ("text", 26),
    "channel": ("text", 14),
    "unit": ("text", 10),
    "unit_name": ("text", 26),
    "village": ("text", 26),
    "team": ("text", 16),
    "team_name": ("text", 30),
    "status": ("text", 20),
    "submitted": ("time", 19),
    "response_due": ("time", 19),
    "response_met": ("time", 19),
    "resolution_due": ("time", 19),
    "resolution_met": ("time", 19),
    "pauses": ("count", 10),
    "paused_minutes": ("count", 12),
    "reopened": ("count", 10),
    "outcome": ("text", 24),
    "stars": ("count", 8),
}
_NOTHING = timedelta()


def columns(t: Translator) -> list[Column]:
    return [Column(t(f"exports.column.{name}"), kind, width) for name, (kind, width) in _SHAPES.items()]


def writer(categories: Mapping[str, str], now: datetime, t: Translator) -> Callable[[Sequence[Any]], list[Cell]]:
    """What makes cells of a row of `READ`; `categories` names duties by their codes."""
    statuses, channels, outcomes = (
        _Named("status", t),
        _Named("supervisor.channel", t),
        _Named("supervisor.outcome_of", t),
    )

    def cells(row: Sequence[Any]) -> list[Cell]:
        code, category, channel, unit, unit_name, village, team, team_name, status, *dates = row
        *dates, pauses, reopened, outcome, stars = dates
        return [
            spoken(code),
            categories.get(category, category),
            channels[channel],
            unit,
            unit_name,
            village,
            team,
            team_name,
            statuses[status],
            *dates,
            len(pauses),
            _minutes(pauses, now) if pauses else 0,
            reopened,
            outcomes[outcome] if outcome else None,
            stars,
        ]

    return cells


class _Named(dict[str, str]):
    """Words for a code, looked up once; a code without words stands as it is."""

    def __init__(self, beginning: str, t: Translator) -> None:
        self._beginning, self._t = beginning, t

    def __missing__(self, code: str) -> str:
        key = f"{self._beginning}.{code}"
        self[code] = self._t(key) if self._t.has(key) else code
        return self[code]


def _minutes(pauses: Sequence[Sequence[str | None]], now: datetime) -> int:
    """Minutes by the wall clock; what has not ended lasts until now."""
    spans = [
        (datetime.fromisoformat(start), datetime.fromisoformat(end) if end else now) for start, end in pauses if start
    ]
    return round(sum((max(end - start, _NOTHING) for start, end in spans), _NOTHING).total_seconds() / 60)
