"""What is drawn: each chart is a table first, of which the picture is made in the browser. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.assign.reporting.definitions import ClockFigures, share
from services.assign.reporting.report import Key, Row
from services.assign.reporting.supervisor.board.ages import BUCKETS, Ages
from services.assign.sla.clocks import CLOCKS, ClockName
from shared.web.figures import number, percent
from shared.web.languages import Translator

Look = Literal["line", "dashed", "bars"]


@dataclass(frozen=True, slots=True)
class Series:
    """`shown`: as people read them; `values`: numbers for the picture, None for a gap."""

    name: str
    look: Look
    values: Sequence[float | None]
    shown: Sequence[str]


@dataclass(frozen=True, slots=True)
class Chart:
    """`key` names it in the words; `said` is the picture in a sentence; `percent`: values are parts of a hundred."""

    key: str
    labels: Sequence[str]
    series: Sequence[Series]
    said: str
    percent: bool = False


def in_time(days: Mapping[Key, Row], t: Translator) -> Chart | None:
    """The share within target, day by day; None where nothing fell due."""
    clocks = {clock: [row.figures[clock] for row in days.values()] for clock in CLOCKS}
    parts = {clock: [share(one.met, one.missed) for one in figures] for clock, figures in clocks.items()}
    known = [(part, day) for day, part in zip(days, parts["response"], strict=True) if part is not None and day]
    if not any(part is not None for one in parts.values() for part in one):
        return None
    looks: tuple[tuple[ClockName, Look], ...] = (("response", "line"), ("resolution", "dashed"))
    series = [
        Series(
            t(f"supervisor.figure.{clock}_share"),
            look,
            [None if part is None else round(part * 100, 1) for part in parts[clock]],
            [_of(figure, part, t) for figure, part in zip(clocks[clock], parts[clock], strict=True)],
        )
        for clock, look in looks
    ]
    said = t("board.chart_said.in_time_none")
    if known:
        (low, low_day), (high, high_day) = min(known), max(known)
        said = t(
            "board.chart_said.in_time",
            low=percent(low, t.language),
            low_day=day_label(low_day),
            high=percent(high, t.language),
            high_day=day_label(high_day),
        )
    return Chart("in_time", [day_label(day or "") for day in days], series, said, percent=True)


def flow(days: Mapping[Key, Row], t: Translator) -> Chart | None:
    """What came and what was left open at the end of each day."""
    came, left = [row.submitted for row in days.values()], [row.open for row in days.values()]
    if not any(came) and not any(left):
        return None
    series = [
        Series(t("supervisor.figure.submitted"), "bars", came, [number(one, t.language) for one in came]),
        Series(t("board.open_at_end"), "line", left, [number(one, t.language) for one in left]),
    ]
    most = max(zip(came, days, strict=True))
    said = t(
        "board.chart_said.flow",
        most=number(most[0], t.language),
        day=day_label(most[1] or ""),
        open=number(left[-1], t.language),
    )
    return Chart("flow", [day_label(day or "") for day in days], series, said)


def backlog(ages: Ages, t: Translator) -> Chart | None:
    """How old the open work is."""
    if not ages.total:
        return None
    series = [
        Series(t("supervisor.figure.open"), "bars", ages.counts, [number(one, t.language) for one in ages.counts])
    ]
    said = t("board.chart_said.backlog", old=number(ages.counts[3], t.language), all=number(ages.total, t.language))
    return Chart("backlog", [t(f"board.age.{bucket}") for bucket in BUCKETS], series, said)


def day_label(day: str) -> str:
    """`2026-11-25` → `25/11`."""
    return f"{day[8:10]}/{day[5:7]}"


def _of(figure: ClockFigures, part: float | None, t: Translator) -> str:
    if part is None:
        return "–"
    met, all = number(figure.met, t.language), number(figure.met + figure.missed, t.language)
    return f"{percent(part, t.language)} ({met}/{all})"
