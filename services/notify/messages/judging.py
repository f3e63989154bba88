"""What to do with each message just before it is sent: send it, drop it, or put it off. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from services.notify.alerts.alert import Kind
from services.notify.alerts.night import is_night, morning_after
from services.notify.alerts.quiet import passes
from services.notify.alerts.wanted import Facts, unwanted
from services.notify.costs.prices import EVERYBODY
from services.notify.messages.bundling import Bundle, bundles
from services.notify.messages.loops import loops
from services.notify.messages.pace import Pace
from services.notify.messages.store.claiming import Claimed, Recent

OVER_BUDGET_WAITS = timedelta(minutes=15)
"""Afterwards it is looked again whether there is money."""
_PASSES_BUDGET = frozenset({"answer", "escalated", "unrouted"})
"""Beside what is urgent: answers to people, and what a supervisor must know, above all when there is no money."""

Seen = tuple[Claimed, Facts, Recent]


@dataclass(slots=True)
class Judged:
    """Messages by what becomes of them."""

    send: list[Claimed] = field(default_factory=list)
    drop: list[tuple[Claimed, str]] = field(default_factory=list)
    put_off: list[tuple[Claimed, str, datetime]] = field(default_factory=list)
    bundles: list[Bundle] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds at this moment for one channel."""

    pace: Pace
    now: datetime
    spent_out: frozenset[str]
    """Units whose budget is spent, where this channel costs anything."""
    fits: Callable[[Claimed, dict[str, str]], bool] | None
    """Whether a bundle's text has room; None where nothing is put together."""


def judge(claimed: Sequence[Seen], terms: Terms) -> Judged:
    """Urgent ones first, then as they were due."""
    judged = Judged()
    recent = {message.id: recent for message, _, recent in claimed}
    left = _drop(sorted(claimed, key=lambda one: (one[0].priority, one[0].not_before, one[0].id)), terms, judged)
    left = _put_off_by_night(left, {m.id: facts for m, facts, _ in claimed}, terms, judged)
    left = _put_off_by_budget(left, terms, judged)
    together = bundles(left, terms.fits) if terms.fits else []
    followers = {follower.id for bundle in together for follower in bundle.followers}
    carried = {bundle.carrier.id: bundle for bundle in together}
    taken: dict[tuple[str, str | None], list[datetime]] = {}
    for message in left:
        if message.id in followers:
            continue
        times = taken.setdefault(_receiver(message), list(recent[message.id].sent))
        free_at = _free_at(message, times, terms)
        bundle = carried.get(message.id)
        if free_at > terms.now:
            them = [message, *(bundle.followers if bundle else ())]
            judged.put_off += [(one, "paced", free_at) for one in them]
            continue
        times.append(terms.now)
        judged.send.append(message)
        if bundle:
            judged.bundles.append(bundle)
            judged.send += bundle.followers
    return judged


def _drop(claimed: Sequence[Seen], terms: Terms, judged: Judged) -> list[Claimed]:
    """Too old, not wanted any more, or running in circles; returns the rest."""
    same: dict[tuple[str | None, ...], int] = defaultdict(int)
    left: list[Claimed] = []
    for message, facts, recent in claimed:
        key = (*_receiver(message), message.text, message.code)
        why = "too_old" if message.expires_at <= terms.now else unwanted(facts)
        why = why or ("looped" if loops(recent.same + same[key]) else None)
        if why:
            judged.drop.append((message, why))
        else:
            same[key] += 1
            left.append(message)
    return left


def _put_off_by_night(
    messages: Sequence[Claimed], facts: Mapping[UUID, Facts], terms: Terms, judged: Judged
) -> list[Claimed]:
    """What was to leave by day and could not, such as a second try, waits for the morning like what is new."""
    if not is_night(terms.now):
        return list(messages)
    left: list[Claimed] = []
    for message in messages:
        may_be_woken = facts[message.id].may_be_woken
        if passes(cast("Kind", message.alert), urgent=message.priority == 0, may_be_woken=may_be_woken):
            left.append(message)
        else:
            judged.put_off.append((message, "night", morning_after(terms.now)))
    return left


def _put_off_by_budget(messages: Sequence[Claimed], terms: Terms, judged: Judged) -> list[Claimed]:
    left: list[Claimed] = []
    for message in messages:
        passes = message.priority == 0 or message.alert in _PASSES_BUDGET
        if terms.spent_out and not passes and not terms.spent_out.isdisjoint((*message.unit_path, EVERYBODY)):
            judged.put_off.append((message, "over_budget", terms.now + OVER_BUDGET_WAITS))
        else:
            left.append(message)
    return left


def _free_at(message: Claimed, taken: Sequence[datetime], terms: Terms) -> datetime:
    """Urgent messages and answers pass."""
    bucket = terms.pace.person
    if bucket is None or message.priority == 0 or message.alert == "answer":
        return terms.now
    return bucket.free_at([at for at in taken if at > terms.now - bucket.memory], terms.now)


def _receiver(message: Claimed) -> tuple[str, str | None]:
    return message.phone, message.address if not message.phone else None
