"""The figures of a row, each beside the same of the period before: its value, and what changed. Pure."""

from dataclasses import dataclass
from typing import Literal

from services.assign.reporting.definitions import PARTS, ClockFigures, part, share
from services.assign.reporting.report import Row
from services.assign.reporting.supervisor.figures import working_time
from shared.web.figures import number, percent
from shared.web.languages import Translator

Kind = Literal["share", "time", "count", "mean"]


@dataclass(frozen=True, slots=True)
class Measure:
    """`better`: 1 where more is better, -1 where less is, 0 where neither is."""

    key: str
    kind: Kind
    better: int


MEASURES = {
    measure.key: measure
    for measure in (
        Measure("response_share", "share", 1),
        Measure("resolution_share", "share", 1),
        Measure("response_time", "time", -1),
        Measure("resolution_time", "time", -1),
        Measure("submitted", "count", 0),
        Measure("open", "count", -1),
        Measure("unrouted_share", "share", -1),
        Measure("reopened_share", "share", -1),
        Measure("offers_each", "mean", -1),
        Measure("declined_share", "share", -1),
        Measure("silent_share", "share", -1),
        Measure("rating_mean", "mean", 1),
    )
}


@dataclass(frozen=True, slots=True)
class Change:
    """Against the period before: where the arrow points, whether that is good (None: neither), in words."""

    arrow: Literal["up", "down", "same"]
    good: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """`key` names it in the words: what it is called and how it is counted. `part`: 0 to 1, where it is a share."""

    key: str
    value: str
    beside: str | None = None
    short: str | None = None
    """The same for a narrow cell."""
    change: Change | None = None
    part: float | None = None


def compared(row: Row, before: Row | None, t: Translator) -> dict[str, Figure]:
    """Every figure by its key. Without a period before, nothing is said of it."""
    now, then = _values(row), _values(before) if before else {}
    beside, short = _beside(row, t), _short(row, t)
    return {
        key: Figure(
            key,
            shown(now[key], measure.kind, t),
            beside.get(key),
            short.get(key),
            change(measure, now[key], then.get(key), t),
            now[key] if measure.kind == "share" else None,
        )
        for key, measure in MEASURES.items()
    }


def change(measure: Measure, now: float | None, then: float | None, t: Translator) -> Change | None:
    """None where one of the two is not known. What cannot be told apart as it is written is the same."""
    if now is None or then is None:
        return None
    if shown(now, measure.kind, t) == shown(then, measure.kind, t):
        return Change("same", None, t("board.change.same"))
    direction = 1 if now > then else -1
    good = direction == measure.better if measure.better else None
    size = shown(abs(now - then), measure.kind, t) if measure.kind != "share" else _points(abs(now - then), t)
    word = _word(measure, direction, good)
    return Change("up" if direction > 0 else "down", good, t(f"board.change.{word}", size=size))


def shown(value: float | None, kind: Kind, t: Translator) -> str:
    if value is None:
        return "–"
    match kind:
        case "share":
            return percent(value, t.language)
        case "time":
            return working_time(value, t)
        case "count":
            return number(value, t.language)
    return number(value, t.language, 1)


def _word(measure: Measure, direction: int, good: bool | None) -> str:
    if measure.kind == "time":
        return "faster" if good else "slower"
    if measure.kind == "count" or good is None:
        return "more" if direction > 0 else "fewer"
    return "better" if good else "worse"


def _points(part: float, t: Translator) -> str:
    return t("board.points", size=number(part * 100, t.language, 1))


def _values(row: Row) -> dict[str, float | None]:
    response, resolution = _clocks(row)
    return {
        "response_share": share(response.met, response.missed),
        "resolution_share": share(resolution.met, resolution.missed),
        "response_time": response.median_s,
        "resolution_time": resolution.median_s,
        "submitted": row.submitted,
        "open": row.open,
        **{name: part(getattr(row, of), getattr(row, whole)) for name, (of, whole) in PARTS.items()},
        "rating_mean": row.rating_mean,
    }


def _beside(row: Row, t: Translator) -> dict[str, str]:
    said = {
        key: t(f"board.beside.{key}", part=number(part, t.language), all=number(all, t.language))
        for key, (part, all) in _parts(row).items()
        if all
    }
    said |= {key: t("board.beside.p90", p90=p90) for key, p90 in _p90s(row, t).items()}
    return said | ({"rating_mean": t("supervisor.beside.ratings", count=row.ratings)} if row.ratings else {})


def _short(row: Row, t: Translator) -> dict[str, str]:
    parts = {key: both for key, both in _parts(row).items() if both[1]}
    said = {key: f"{number(part, t.language)}/{number(all, t.language)}" for key, (part, all) in parts.items()}
    return said | {key: f"90 %: {p90}" for key, p90 in _p90s(row, t).items()}


def _parts(row: Row) -> dict[str, tuple[int, int]]:
    """What shares are made of: so many out of how many."""
    response, resolution = _clocks(row)
    return {
        "response_share": (response.met, response.met + response.missed),
        "resolution_share": (resolution.met, resolution.met + resolution.missed),
        **{name: (getattr(row, of), getattr(row, whole)) for name, (of, whole) in PARTS.items() if "share" in name},
    }


def _p90s(row: Row, t: Translator) -> dict[str, str]:
    clocks = zip(("response", "resolution"), _clocks(row), strict=True)
    return {f"{clock}_time": working_time(one.p90_s, t) for clock, one in clocks if one.p90_s is not None}


def _clocks(row: Row) -> tuple[ClockFigures, ClockFigures]:
    return row.figures["response"], row.figures["resolution"]
