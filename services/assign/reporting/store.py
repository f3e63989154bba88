"""Every query behind the figures: of what `counting` keeps ready, and of the few tickets that only the hour can judge.

`by` names what the rows are made of. A key that is not known (no team has the ticket yet) is None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.counting.facts import FIELDS
from services.assign.counting.store import ENTRIES, NAMES, SUMS
from services.assign.reporting.period import Period, day_of
from services.assign.sla.clocks import CLOCKS, ClockName
from shared.clock import midnight

By = Literal["unit", "team", "category", "channel", "day", "all"]
Dimension = Literal["team", "category", "channel"]
Key = str | None
EXACT = 500
"""So many times are read one by one, for figures without an error; of more a histogram is kept (`counting.times`)."""


@dataclass(frozen=True, slots=True)
class Only:
    """Figures of one team, category or channel alone."""

    dimension: Dimension
    key: str


@dataclass(frozen=True, slots=True)
class Question:
    """Figures of a unit and all below it (of everything where `unit` is None) in a period, a row for each `by`.

    `depth`: the place, in the way down from the province, of the units that rows are made of (1 is the province).
    `among`: rows of these teams, categories or channels alone.
    ValueError: `only` together with rows of another dimension, of which nothing is kept.
    """

    unit: str | None
    period: Period
    by: By = "all"
    depth: int = 1
    only: Only | None = None
    among: Sequence[Key] | None = None

    def __post_init__(self) -> None:
        if self.only and self.by not in ("unit", "day", "all", self.only.dimension):
            raise ValueError(f"rows by {self.by} of one {self.only.dimension}")

    def values(self) -> dict[str, Any]:
        """What the statements are asked with."""
        kind = self.only.dimension if self.only else self.by if self.by in _KEPT else "all"
        return {
            "unit": self.unit or "",
            "depth": self.depth,
            "first": self.period.first,
            "last": self.period.last,
            "kind": kind,
            "only": self.only.key if self.only else None,
            "among": None if self.among is None else [key or "" for key in self.among],
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of one key (or day), the times of its clocks as sums and histograms (`counting.times`)."""

    key: Key
    counts: Mapping[str, int]
    histograms: Mapping[ClockName, str]


async def counts(connection: AsyncConnection, question: Question, now: datetime) -> list[Counts]:
    """What happened in the period, and where clocks stand that fall due in it. `running`: before today."""
    statement = _counts(question.by, among=question.among is not None)
    found = await connection.execute(statement, question.values() | {"today": day_of(now)})
    many = len(FIELDS)  # then come the histograms (`_SUMS`)
    return [
        Counts(_key(key), dict(zip(FIELDS, sums[:many], strict=True)), dict(zip(CLOCKS, sums[many:], strict=True)))
        for key, *sums in found
    ]


async def most_asked(connection: AsyncConnection, question: Question, most: int) -> tuple[list[Key], int]:
    """The keys of whom most was asked in the period, then of whom most is open; and of how many they are the first."""
    found = (await connection.execute(_most(question.by), question.values() | {"most": most})).all()
    return [_key(row.key) for row in found], found[0].keys_in_all if found else 0


async def overdue_today(connection: AsyncConnection, question: Question, now: datetime) -> dict[tuple[Key, str], int]:
    """Clocks that run and fell due since midnight, by key and clock."""
    asked = question.values() | {"start": midnight(day_of(now)), "now": now}
    found = await connection.execute(_overdue(question.by), asked)
    return {(_key(row.key), row.clock): int(row.tickets) for row in found}


async def open_at_end(connection: AsyncConnection, question: Question) -> dict[Key, int]:
    """Tickets that were open when the period ended, or are now."""
    found = await connection.execute(_open(question.by, among=question.among is not None), question.values())
    return {_key(row.key): int(row.open) for row in found}


async def times(connection: AsyncConnection, question: Question, clock: ClockName) -> dict[Key, list[float]]:
    """Working seconds of each ticket that met a clock that fell due in the period, shortest first."""
    asked = question.values() | {"start": question.period.start, "end": question.period.end}
    found: dict[Key, list[float]] = {}
    for row in await connection.execute(_times(question.by, clock), asked):
        found.setdefault(_key(row.key), []).append(row.worked_s)
    return found


_KEPT = ("team", "category", "channel")
_BEFORE_TODAY = {f"{clock}_running": " filter (where day < :today)" for clock in CLOCKS}
_SUMS = ", ".join(
    [f"coalesce(sum({name}){_BEFORE_TODAY.get(name, '')}, 0)::bigint as {name}" for name in FIELDS]
    + [f"coalesce(sum({clock}_times), 0)::text as {clock}_times" for clock in CLOCKS]
)
_ELSE = (
    *("offers", "resolved", "reopened", "unrouted", "ratings"),
    *(f"{clock}_{field}" for clock in CLOCKS for field in ("met", "missed", "running")),
)
"""Beside what was asked and what is open: a key of which none of it is said has nothing to show."""
_UNITS = """
    (select code from administrativeunit
     where cardinality(path) = cast(:depth as int) and (:unit = '' or path @> array[cast(:unit as text)]))"""
_COMMUNES = "(select code from administrativeunit where :unit = '' or path @> array[cast(:unit as text)])"
_OF_DAY: dict[str, str] = {
    "unit": f"unit in {_UNITS} and by = :kind and key = coalesce(cast(:only as text), '')",
    "day": "unit = :unit and by = :kind and key = coalesce(cast(:only as text), '')",
    "all": "unit = :unit and by = :kind and key = coalesce(cast(:only as text), '')",
} | dict.fromkeys(
    _KEPT, "unit = :unit and by = :kind and (cast(:only as text) is null or key = cast(:only as text))"
)  # fmt: skip
_DAY_KEY: dict[str, str] = {"unit": "unit", "day": "cast(day as text)", "all": "'all'"} | dict.fromkeys(_KEPT, "key")
_OPEN_KEY = _DAY_KEY | {"day": "'all'"}
_CHANGE_KEY: dict[str, str] = {
    "unit": "unit_path[cast(:depth as int)]",
    "day": "cast(day as text)",
    "all": "'all'",
    "team": "coalesce(team, '')",
    "category": "category",
    "channel": "channel",
}
_OF_TICKET = _CHANGE_KEY | {"day": "cast((due at time zone 'Asia/Ho_Chi_Minh')::date as text)"}
_WITHIN = "(:unit = '' or unit_path @> array[cast(:unit as text)])"
_OF_KIND = (
    "case :kind when 'team' then coalesce(team, '') when 'category' then category when 'channel' then channel end"
)
_ALONE = f"""
    (cast(:only as text) is null or cast(:only as text) = {_OF_KIND})
    and (cast(:among as text[]) is null or {_OF_KIND} = any(cast(:among as text[])))"""


# Every part that is put into these statements is one of the constants above, never what somebody sent.


def _of_day(by: By, among: bool) -> str:
    """With `among` a condition of its own, not one that may be empty: only then the index finds the keys."""
    return _OF_DAY[by] + (" and key = any(cast(:among as text[]))" if among else "")


def _counts(by: By, *, among: bool = False) -> TextClause:
    of_day = _of_day(by, among)
    return text(f"""
        select key, {_SUMS} from (
            select {_DAY_KEY[by]} as key, day, {NAMES}
            from counted_day where {of_day} and day between :first and :last
            union all
            select {_CHANGE_KEY[by]}, day, {SUMS}
            from ({ENTRIES}) as entries where {_WITHIN} and {_ALONE} and day between :first and :last group by 1, 2
        ) as kept group by 1""")  # noqa: S608


def _most(by: By) -> TextClause:
    return text(f"""
        select key, count(*) over () as keys_in_all from (
            select {_DAY_KEY[by]} as key, submitted, 0 as open, {" + ".join(_ELSE)} as other
            from counted_day where {_OF_DAY[by]} and day between :first and :last
            union all
            select {_OPEN_KEY[by]}, 0, open, 0 from counted_open where {_OF_DAY[by]}
            union all
            select {_CHANGE_KEY[by]}, case field when 'submitted' then number else 0 end,
                case field when 'opened' then number else 0 end,
                case when field in ('{"', '".join(_ELSE)}') then number else 0 end
            from ({ENTRIES}) as entries where {_WITHIN} and {_ALONE} and day between :first and :last
        ) as kept group by 1 having sum(submitted) <> 0 or sum(open) <> 0 or sum(other) <> 0
        order by sum(submitted) desc, sum(open) desc, 1 limit :most""")  # noqa: S608


def _overdue(by: By) -> TextClause:
    """Only today's are counted one by one: who was due before today is missed, who is due later is not yet."""
    return text(
        " union all ".join(
            f"""
        select {_OF_TICKET[by]} as key, '{clock}' as clock, count(*) as tickets
        from (select *, {clock}_due as due from ticket
              where {clock}_due >= :start and {clock}_due <= :now and {clock}_met_at is null and ended_at is null
                and status <> 'waiting') as running
        where {_WITHIN} and {_ALONE} group by 1"""  # noqa: S608
            for clock in CLOCKS
        )
    )


def _open(by: By, *, among: bool = False) -> TextClause:
    """What is open now, without what was opened after the period."""
    of_day = _of_day(by, among)
    key: dict[str, str] = _CHANGE_KEY | {"day": "'all'"}
    return text(f"""
        select key, sum(open) as open from (
            select {_OPEN_KEY[by]} as key, open from counted_open where {of_day}
            union all
            select {_OPEN_KEY[by]}, -opened from counted_day where {of_day} and day > :last
            union all
            select {key[by]}, number from ({ENTRIES}) as entries
            where {_WITHIN} and {_ALONE} and field = 'opened' and day <= :last
        ) as opened group by 1""")  # noqa: S608


def _times(by: By, clock: ClockName) -> TextClause:
    return text(f"""
        select {_OF_TICKET[by]} as key, {clock}_worked_s as worked_s
        from (select *, {clock}_due as due from ticket
              where commune_code in {_COMMUNES} and {clock}_due >= :start and {clock}_due < :end
                and {clock}_worked_s is not null) as met
        where {_WITHIN} and {_ALONE} order by 2""")  # noqa: S608


def _key(key: str) -> Key:
    return key or None
