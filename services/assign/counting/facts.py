"""What one ticket adds to the figures, by day: where its clocks stand, and what happened to it. Pure.

A ticket keeps what it added (`ticket.counted`), so that a change adds only the difference, whatever moved: the due
time, the team, or by a correction the commune and the category. An entry is `[day, team, field, number, bucket]`: the
day in Vietnam; the team only where it is not the ticket's own (an offer counts with the team that was asked); the
bucket only for a clock that was met (`times`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.assign.counting.times import bucket_of
from services.assign.reporting.definitions import ClockFacts, microseconds, standing
from services.assign.reporting.period import day_of
from services.assign.sla.clocks import CLOCKS, ClockName
from services.assign.tickets.lifecycle import OPEN, Status
from services.assign.tickets.tables import Change, Ticket

Entry = list[Any]
Counted = dict[str, Any]
"""`keys` (the way down to its unit, category, channel, team), `open`, `asked` (last); entries: `happened`, `stands`."""

HAPPENED = (
    "submitted", "opened", "offers", "declined", "silent", "unrouted", "reopened", "resolved", "ratings", "stars",
)  # fmt: skip
"""`opened`: how many more are open at the end of a day than at its beginning."""
STANDS = ("met", "missed", "running", "timed", "us")
"""Of each clock. `running`: it falls due that day unless it is met; `timed`, `us`: met, after how many microseconds."""
FIELDS = (*HAPPENED, *(f"{clock}_{field}" for clock in CLOCKS for field in STANDS))


def count(ticket: Ticket, changes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the difference that these changes make; the ticket keeps what it adds now."""
    return _count(ticket, _happened(ticket.counted or {}, changes))


def count_from_history(ticket: Ticket, history: Iterable[Change]) -> list[dict[str, Any]]:
    """The same from a ticket's whole history, whatever it had added before."""
    changes = [{"at": one.at, "event": one.event, "status": one.status, "facts": one.facts} for one in history]
    return _count(ticket, _happened({}, changes))


def _count(ticket: Ticket, happened: Counted) -> list[dict[str, Any]]:
    old: Counted = ticket.counted or {}
    new: Counted = happened | {
        "keys": [ticket.unit_path, ticket.category, ticket.channel, ticket.team],
        "stands": [entry for clock in CLOCKS for entry in _stands(ticket, clock)],
    }
    ticket.counted = new
    return _difference(old, new)


def _happened(old: Counted, changes: Iterable[Mapping[str, Any]]) -> Counted:
    """What happened so far and now, each kind once for each day and team."""
    total: Counter[tuple[str, str | None, str]] = Counter()
    for day, team, field, number, _ in old.get("happened", ()):
        total[day, team, field] += number
    was_open, asked = old.get("open", False), old.get("asked")
    for change in changes:
        day = day_of(change["at"]).isoformat()
        for team, field, number in _told(change, asked):
            total[day, team, field] += number
        is_open = Status(change["status"]) in OPEN
        total[day, None, "opened"] += is_open - was_open
        was_open = is_open
        for offer in change["facts"].get("offers", ()):
            asked = offer["team"]
    happened = [[day, team, field, number, None] for (day, team, field), number in total.items() if number]
    return {"happened": happened, "open": was_open, "asked": asked}


def _told(change: Mapping[str, Any], asked: str | None) -> Iterable[tuple[str | None, str, int]]:
    """Team, field and number of one change. None is whoever has the ticket."""
    facts = change["facts"]
    match change["event"]:
        case "requests.submitted":
            yield None, "submitted", 1
        case "tickets.offered" | "tickets.widened":
            for offer in facts["offers"]:
                yield offer["team"], "offers", 1
            if facts.get("reason") == "silence":
                yield asked, "silent", 1
        case "tickets.declined" if change["status"] != Status.REOPENED:  # what is given back was no offer
            yield facts["declined_by"], "declined", 1
        case "tickets.unrouted" | "tickets.reopened" | "tickets.resolved":
            yield None, change["event"].partition(".")[2], 1
        case "tickets.rated":
            yield None, "ratings", 1
            yield None, "stars", facts["stars"]


def _stands(ticket: Ticket, clock: ClockName) -> Iterable[Entry]:
    facts = _clock_facts(ticket, clock)
    where = standing(facts)
    if where is None:
        return
    day = day_of(facts.due_at).isoformat()
    worked_s = facts.worked_s
    bucket = None if worked_s is None else bucket_of(worked_s)
    yield [day, None, f"{clock}_{where}", 1, bucket]
    if worked_s is not None:
        yield [day, None, f"{clock}_timed", 1, bucket]
        yield [day, None, f"{clock}_us", microseconds(worked_s), bucket]


def _clock_facts(ticket: Ticket, clock: ClockName) -> ClockFacts:
    """One clock of a ticket, as the definitions judge it."""
    waits_since = ticket.pauses[-1][0] if ticket.status == Status.WAITING and ticket.pauses else None
    return ClockFacts(
        due_at=getattr(ticket, f"{clock}_due"),
        met_at=getattr(ticket, f"{clock}_met_at"),
        ended_at=ticket.ended_at,
        paused_at=datetime.fromisoformat(waits_since) if waits_since else None,
        worked_s=getattr(ticket, f"{clock}_worked_s"),
    )


def _difference(old: Counted, new: Counted) -> list[dict[str, Any]]:
    """What is to be added so that the figures hold `new` instead of `old`: a row for each place it is counted in."""
    before, after = _entries(old), _entries(new)
    if old and old["keys"] == new["keys"]:
        changed = [*(_negative(entry) for entry in before - after), *after - before]
        return [_row(new["keys"], changed)] if changed else []
    left = [_row(old["keys"], [_negative(entry) for entry in before])] if before else []
    return [*left, _row(new["keys"], list(after))]


def _entries(counted: Counted) -> set[tuple[Any, ...]]:
    return {tuple(entry) for entry in (*counted.get("happened", ()), *counted.get("stands", ()))}


def _negative(entry: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*entry[:3], -entry[3], entry[4])


def _row(keys: Sequence[Any], entries: list[tuple[Any, ...]]) -> dict[str, Any]:
    path, category, channel, team = keys
    return {"unit_path": path, "category": category, "channel": channel, "team": team, "entries": entries}
