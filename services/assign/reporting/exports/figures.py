"""The table of figures as cells: what `make_rows` says, a row for each key."""

from collections.abc import Mapping
from datetime import date

from services.assign.reporting.api import ReadBy
from services.assign.reporting.definitions import ClockFigures, share
from services.assign.reporting.exports.cells import Cell, Column
from services.assign.reporting.report import Key, Row
from services.assign.sla.clocks import CLOCKS
from shared.web.languages import Translator

_COUNTS = ("submitted", "resolved", "open", "unrouted", "reopened", "offers", "declined", "silent")
_TIMES = ("mean", "median", "p90", "p95")


def columns(by: ReadBy, t: Translator) -> list[Column]:
    """The key as programs know it, what people call it, counts, the two clocks, stars."""
    named = [Column(t("exports.column.key"), "day" if by == "day" else "text", 14)]
    named += [Column(t(f"supervisor.by.{by}"), "text", 32)] if by != "day" else []
    clocks = [one for clock in ("response", "resolution") for one in _clock_columns(clock, t)]
    counts = [Column(t(f"exports.count_of.{name}")) for name in _COUNTS]
    stars = [Column(t("supervisor.figure.rating_mean"), "mean"), Column(t("exports.column.ratings"))]
    return [*named, *counts, *clocks, *stars]


def cells(by: ReadBy, rows: Mapping[Key, Row], names: Mapping[str, str], t: Translator) -> list[list[Cell]]:
    """`names`: what people call the keys."""
    return [[*_named(by, key, names, t), *_figures(row)] for key, row in rows.items()]


def _clock_columns(clock: str, t: Translator) -> list[Column]:
    beginning = t(f"exports.clock.{clock}")
    parts: list[tuple[str, Column]] = [("met", Column("")), ("missed", Column("")), ("share", Column("", "share"))]
    parts += [(time, Column("")) for time in _TIMES]
    return [Column(f"{beginning}: {t(f'exports.part.{part}')}", column.kind, 14) for part, column in parts]


def _named(by: ReadBy, key: Key, names: Mapping[str, str], t: Translator) -> list[Cell]:
    if by == "day":
        return [date.fromisoformat(key) if key else None]
    return [key, names.get(key, key) if key else t("supervisor.nobody_yet")]


def _figures(row: Row) -> list[Cell]:
    counts: list[Cell] = [getattr(row, name) for name in _COUNTS]
    clocks = [cell for clock in CLOCKS for cell in _clock(row.figures[clock])]
    return [*counts, *clocks, row.rating_mean, row.ratings]


def _clock(clock: ClockFigures) -> list[Cell]:
    """Times in whole working minutes."""
    times = [getattr(clock, f"{time}_s") for time in _TIMES]
    minutes = [None if seconds is None else round(seconds / 60) for seconds in times]
    return [clock.met, clock.missed, share(clock.met, clock.missed), *minutes]
