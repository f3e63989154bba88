"""Senders take messages, each with what decides whether it is still wanted; what a dead sender left is taken over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, FromClause, Select, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.notify.alerts.texts import Manner
from services.notify.alerts.wanted import Facts
from services.notify.channels.channel import AddressKind
from services.notify.contacts.tables import Contact, LinkedAddress, PhoneWish
from services.notify.messages.loops import WITHIN
from services.notify.messages.tables import Message
from services.notify.tickets.tables import OfferEnd, Ticket
from shared.clock import Clock
from shared.store import Unit

PRIORITIES = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this sender holds, as it is needed to send it and to tell what became of it."""

    id: UUID
    alert: str
    code: str | None
    version: int
    person: str | None
    phone: str
    team: str | None
    offer_id: UUID | None
    province: str
    unit_path: list[str]
    channel: str
    further_channels: list[str]
    text: str
    template: str | None
    slots: dict[str, str]
    on_phones: Manner | None
    number: int | None
    resent: bool
    tries: int
    priority: int
    parts: int
    created_at: datetime
    not_before: datetime
    expires_at: datetime
    correlation: str
    bundled_in: UUID | None
    """The message that speaks of this one's ticket as well."""
    bundles: bool
    """It speaks of others' tickets as well."""
    address: str | None
    """Where it goes; None where the receiver has no address of the channel's kind."""


CLAIMED = tuple(getattr(Message, field) for field in Claimed.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Recent:
    """What a receiver got lately."""

    sent: Sequence[datetime]
    """When, by our clock."""
    same: int
    """How often the very same text about the same ticket."""


@dataclass(frozen=True, slots=True)
class Window:
    """How much of what a receiver got lately decides whether he gets more now."""

    since: timedelta
    most: int


USUAL = Window(WITHIN, 30)


async def claim(
    unit: Unit,
    channel: str,
    kind: AddressKind,
    sender: UUID,
    *,
    now: datetime,
    lease: timedelta,
    most: int,
    priorities: Sequence[int] = PRIORITIES,
    window: Window = USUAL,
) -> list[tuple[Claimed, Facts, Recent]]:
    """Take due messages, urgent ones first, each with its address and all that decides whether it is sent now.

    Nobody else takes them while the lease (real time) runs.
    """
    due = (
        select(col(Message.id))
        .where(
            col(Message.state) == "queued",
            col(Message.channel) == channel,
            col(Message.priority).in_(priorities),
            col(Message.not_before) <= now,
        )
        .order_by(col(Message.priority), col(Message.not_before))
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    claimed = (
        update(Message)
        .where(col(Message.id) == due.c.id)
        .values(
            state="sending",
            state_at=now,
            tries=col(Message.tries) + 1,
            claimed_by=sender,
            lease_until=Clock.wall() + lease,
        )
        .returning(*CLAIMED)
        .cte("claimed")
    )
    rows = await unit.execute(_with_facts(claimed, kind, now, window))
    return [_with_its_facts(row) for row in rows]


def _with_facts(claimed: CTE, kind: AddressKind, now: datetime, window: Window) -> Select[*tuple[Any, ...]]:
    message = claimed.c
    stopped = exists().where(col(PhoneWish.phone) == message.phone, col(PhoneWish.stopped_at).is_not(None))
    linked = (
        select(col(LinkedAddress.address))
        .where(col(LinkedAddress.kind) == kind, col(LinkedAddress.phone) == message.phone, ~col(LinkedAddress.is_bad))
        .scalar_subquery()
        if kind != "phone"
        else message.phone
    )
    newest = (col(Ticket.version), col(Ticket.status), col(Ticket.team), col(Ticket.member), col(OfferEnd.version))
    today = col(Contact.phone).is_distinct_from(message.phone) & (message.phone != "")
    on_duty = (
        func.coalesce(col(Contact.person_id).is_not(None) & today, False),
        func.coalesce(col(Contact.wake), True),
    )
    recent = _recent(claimed, now, window)
    return (
        select(*message, linked, stopped, *newest, *on_duty, recent.c.sent, recent.c.same)
        .select_from(claimed)
        .outerjoin(recent, true())
        .outerjoin(Contact, col(Contact.person_id) == message.person)
        .outerjoin(Ticket, col(Ticket.code) == message.code)
        .outerjoin(OfferEnd, (col(OfferEnd.code) == message.code) & (col(OfferEnd.team) == message.team))
    )


def _recent(claimed: CTE, now: datetime, window: Window) -> FromClause:
    """What the receiver was sent lately, by the index of what was sent to a phone."""
    earlier = aliased(Message)
    newest = (
        select(col(earlier.sent_at), col(earlier.text), col(earlier.code))
        .where(col(earlier.phone) == claimed.c.phone, col(earlier.id) != claimed.c.id)
        .where((claimed.c.phone != "") | (col(earlier.address) == claimed.c.address))
        .where(col(earlier.sent_at) > now - window.since, col(earlier.bundled_in).is_(None))
        .order_by(col(earlier.sent_at).desc())
        .limit(window.most)
        .correlate(claimed)
        .subquery()
    )
    the_same = (newest.c.text == claimed.c.text) & newest.c.code.is_not_distinct_from(claimed.c.code)
    counted = select(
        func.array_agg(newest.c.sent_at).label("sent"),
        func.count().filter(the_same, newest.c.sent_at > now - WITHIN).label("same"),
    )
    return counted.correlate(claimed).lateral()


def _with_its_facts(row: Sequence[Any]) -> tuple[Claimed, Facts, Recent]:
    message, (linked, *newest, sent, same) = Claimed(*row[: len(CLAIMED)]), row[len(CLAIMED) :]
    if message.address is None:
        message = replace(message, address=linked)
    facts = Facts(message.alert, message.version, message.person, message.team, *newest)
    return message, facts, Recent(sent or (), same)


async def abandoned(unit: Unit, channel: str, sender: UUID, lease: timedelta, most: int) -> list[Claimed]:
    """Take over messages whose sender died in mid-send."""
    wall = Clock.wall()
    left = (
        select(col(Message.id))
        .where(col(Message.state) == "sending", col(Message.channel) == channel, col(Message.lease_until) < wall)
        .order_by(col(Message.lease_until))
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("abandoned")
    )
    statement = (
        update(Message)
        .where(col(Message.id) == left.c.id)
        .values(claimed_by=sender, lease_until=wall + lease)
        .returning(*CLAIMED)
    )
    return [Claimed(*row) for row in await unit.execute(statement)]


@dataclass(frozen=True, slots=True)
class Ahead:
    """When a channel's sender has to look again."""

    due: datetime | None
    """The next queued message, by the installation's clock."""
    lease_until: datetime | None
    """The next lease to run out, in real time, but those of the batch at hand."""


async def ahead(connection: AsyncConnection, channel: str, sender: UUID, fresh: datetime) -> Ahead:
    """What a channel's sender waits for, beside what it just claimed: leases that run to `fresh` at least."""
    due = select(func.min(col(Message.not_before))).where(
        col(Message.state) == "queued", col(Message.channel) == channel, col(Message.priority).in_(PRIORITIES)
    )
    lease = select(func.min(col(Message.lease_until))).where(
        col(Message.state) == "sending",
        col(Message.channel) == channel,
        (col(Message.claimed_by) != sender) | (col(Message.lease_until) < fresh),
    )
    row = (await connection.execute(select(due.scalar_subquery(), lease.scalar_subquery()))).one()
    return Ahead(*row)
