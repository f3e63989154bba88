"""The figures of a period as a page shows them, each with the way it is counted."""

from dataclasses import dataclass

from services.assign.reporting.definitions import ClockFigures, share
from services.assign.reporting.report import Row
from shared.web.figures import number, percent
from shared.web.languages import Translator

_HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """`key` names it in the words: what it is called and how it is counted."""

    key: str
    value: str
    beside: str | None = None
    tone: str = ""


def figures(row: Row, t: Translator) -> list[Figure]:
    """Every figure of `GET /api/v1/metrics`, in the order in which they are asked about."""
    response, resolution = row.figures["response"], row.figures["resolution"]
    stars = number(row.rating_mean, t.language, 1) if row.rating_mean is not None else "–"
    return [
        Figure("submitted", number(row.submitted, t.language)),
        Figure("open", number(row.open, t.language)),
        *_clock("response", response, t),
        *_clock("resolution", resolution, t),
        Figure("unrouted", number(row.unrouted, t.language), tone="late" if row.unrouted else ""),
        Figure("reopened", number(row.reopened, t.language)),
        Figure("offers", number(row.offers, t.language)),
        Figure("declined", number(row.declined, t.language)),
        Figure("rating_mean", stars, t("supervisor.beside.ratings", count=row.ratings) if row.ratings else None),
    ]


def working_time(seconds: float | None, t: Translator) -> str:
    """Working time in hours and minutes: a day of it has eight hours, so days would mislead."""
    if seconds is None:
        return "–"
    hours, minutes = divmod(round(seconds / 60), _HOUR_MINUTES)
    parts = [t("time.hours", count=hours)] if hours else []
    return " ".join([*parts, t("time.minutes", count=minutes)] if minutes or not hours else parts)


def _clock(name: str, clock: ClockFigures, t: Translator) -> list[Figure]:
    counted = clock.met + clock.missed
    of = (
        t("supervisor.beside.of", met=number(clock.met, t.language), all=number(counted, t.language))
        if counted
        else None
    )
    times = {part: working_time(getattr(clock, f"{part}_s"), t) for part in ("mean", "p90", "p95")}
    return [
        Figure(
            f"{name}_share", percent(share(clock.met, clock.missed), t.language), of, "late" if clock.missed else ""
        ),
        Figure(
            f"{name}_time",
            working_time(clock.median_s, t),
            t("supervisor.beside.times", **times) if clock.mean_s is not None else None,
        ),
    ]
