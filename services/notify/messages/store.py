"""Every query about messages and their attempts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, bindparam, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.alerts.wanted import Facts
from services.notify.base import one_of
from services.notify.channels.channel import AddressKind
from services.notify.contacts.tables import LinkedAddress, PhoneWish
from services.notify.messages.new import NewMessage
from services.notify.messages.tables import Attempt, Message, MessageTicket
from services.notify.tickets.tables import OfferEnd, Ticket
from shared.clock import Clock
from shared.store import Unit, new_id
from shared.vietnam.sms import parts

_PRIORITIES = (0, 1)


async def queue(unit: Unit, messages: Sequence[NewMessage]) -> None:
    """Owe messages: they leave when they are due."""
    rows = [_row(message) for message in messages]
    if rows:
        await unit.execute(insert(Message), rows)
    further = [
        {"code": code, "message_id": row["id"]}
        for row, message in zip(rows, messages, strict=True)
        for code in message.further_codes
    ]
    if further:
        await unit.execute(insert(MessageTicket).on_conflict_do_nothing(), further)


def _row(message: NewMessage) -> dict[str, Any]:
    first, *further = message.channels
    return {
        "id": new_id(),
        "created_at": message.created_at,
        "alert": message.alert,
        "code": message.code,
        "version": message.version,
        "person": message.person,
        "phone": message.phone,
        "team": message.team,
        "offer_id": message.offer_id,
        "province": message.territory.province,
        "commune": message.territory.commune,
        "unit_path": list(message.territory.unit_path),
        "channel": first,
        "further_channels": further,
        "text": message.text,
        "parts": parts(message.text).parts,
        "address": message.address,
        "template": message.template,
        "slots": message.slots,
        "number": message.number,
        "state": "queued",
        "state_at": message.created_at,
        "resent": False,
        "priority": message.priority,
        "not_before": message.not_before,
        "expires_at": message.expires_at,
        "tries": 0,
        "correlation": message.correlation,
    }


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
    channel: str
    further_channels: list[str]
    text: str
    template: str | None
    slots: dict[str, str]
    number: int | None
    resent: bool
    tries: int
    not_before: datetime
    expires_at: datetime
    correlation: str
    address: str | None
    """Where it goes; None where the receiver has no address of the channel's kind."""


_CLAIMED = tuple(getattr(Message, field) for field in Claimed.__dataclass_fields__)


async def claim(
    unit: Unit, channel: str, kind: AddressKind, sender: UUID, *, now: datetime, lease: timedelta, most: int
) -> list[tuple[Claimed, Facts]]:
    """Take due messages, urgent ones first, each with its address and what decides whether it is still wanted.

    Nobody else takes them while the lease (real time) runs.
    """
    due = (
        select(col(Message.id))
        .where(
            col(Message.state) == "queued",
            col(Message.channel) == channel,
            col(Message.priority).in_(_PRIORITIES),
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
        .returning(*_CLAIMED)
        .cte("claimed")
    )
    rows = await unit.execute(_with_facts(claimed, kind))
    return [_with_its_facts(row) for row in rows]


def _with_facts(claimed: CTE, kind: AddressKind) -> Select[*tuple[Any, ...]]:
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
    return (
        select(*message, linked, stopped, *newest)
        .select_from(claimed)
        .outerjoin(Ticket, col(Ticket.code) == message.code)
        .outerjoin(OfferEnd, (col(OfferEnd.code) == message.code) & (col(OfferEnd.team) == message.team))
    )


def _with_its_facts(row: Sequence[Any]) -> tuple[Claimed, Facts]:
    message, (linked, *newest) = Claimed(*row[: len(_CLAIMED)]), row[len(_CLAIMED) :]
    if message.address is None:
        message = replace(message, address=linked)
    return message, Facts(message.alert, message.version, message.person, message.team, *newest)


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
        .returning(*_CLAIMED)
    )
    return [Claimed(*row) for row in await unit.execute(statement)]


_MINE = (
    col(Message.id) == bindparam("message"),
    col(Message.state) == "sending",
    col(Message.claimed_by) == bindparam("sender"),
)
_CHANGE = (
    update(Message)
    .where(*_MINE)
    .values(
        state=bindparam("state"),
        state_at=bindparam("at"),
        reason=bindparam("reason"),
        not_before=bindparam("not_before"),
        resent=bindparam("resent"),
        tries=bindparam("tries"),
        claimed_by=None,
        lease_until=None,
    )
)


async def record_taken(unit: Unit, ids: Sequence[UUID], sender: UUID, state: str, at: datetime) -> set[UUID]:
    """Write down what was sent or delivered; returns those that were still ours."""
    statement = (
        update(Message)
        .where(_held_by(ids, sender))
        .values(
            state=state,
            state_at=at,
            reason=None,
            sent_at=at,
            delivered_at=at if state == "delivered" else None,
            claimed_by=None,
            lease_until=None,
        )
        .returning(col(Message.id))
    )
    return set((await unit.execute(statement)).scalars())


def _held_by(ids: Sequence[UUID], sender: UUID) -> ColumnElement[bool]:
    return one_of(col(Message.id), ids) & (col(Message.state) == "sending") & (col(Message.claimed_by) == sender)


async def name_by_provider(unit: Unit, ids: Mapping[UUID, str]) -> None:
    """Keep the channel's own ids of messages."""
    names = [{"message": message, "name": name} for message, name in ids.items()]
    if names:
        await unit.execute(_NAME, names)


_NAME = update(Message).where(col(Message.id) == bindparam("message")).values(provider_id=bindparam("name"))


async def still_held(unit: Unit, ids: Sequence[UUID], sender: UUID) -> set[UUID]:
    """Those of our messages that nobody took over meanwhile, held until the commit."""
    statement = select(col(Message.id)).where(_held_by(ids, sender)).order_by(col(Message.id)).with_for_update()
    return set((await unit.execute(statement)).scalars())


async def record_changes(unit: Unit, changes: Sequence[dict[str, Any]]) -> None:
    """Write down anything else: `message, sender, state, at, reason, not_before, resent, tries`."""
    await unit.execute(_CHANGE, changes)


async def add_attempts(unit: Unit, attempts: Sequence[dict[str, Any]]) -> None:
    """Note tries that failed: `message_id, number, at, outcome, reason`."""
    if attempts:
        await unit.execute(insert(Attempt).on_conflict_do_nothing(), attempts)


async def offers_with_hope(connection: AsyncConnection, offers: Iterable[UUID]) -> set[UUID]:
    """Offers of which somebody was told, or may yet be."""
    statement = select(col(Message.offer_id)).where(
        one_of(col(Message.offer_id), offers), col(Message.state).not_in(("failed", "expired"))
    )
    return {offer for offer in (await connection.execute(statement)).scalars() if offer}


async def continue_on(unit: Unit, message: Claimed, channel: str, at: datetime) -> None:
    """Send the same on another way out: a message of its own."""
    rest = message.further_channels[message.further_channels.index(channel) + 1 :]
    same = [column for column in Message.__table__.columns if column.name not in _RENEWED]  # pyright: ignore[reportAttributeAccessIssue]
    renewed = {
        "id": new_id(),
        "created_at": at,
        "channel": channel,
        "further_channels": rest,
        "state": "queued",
        "state_at": at,
        "reason": None,
        "resent": False,
        "tries": 0,
        "not_before": at,
        "claimed_by": None,
        "lease_until": None,
        "provider_id": None,
    }
    original = (await unit.execute(select(*same).where(col(Message.id) == message.id))).one()
    await unit.execute(insert(Message).values(**original._mapping, **renewed))


_RENEWED = frozenset(
    {
        *("id", "created_at", "channel", "further_channels", "state", "state_at", "reason"),
        *("resent", "tries", "not_before", "claimed_by", "lease_until", "provider_id"),
    }
)


@dataclass(frozen=True, slots=True)
class Ahead:
    """When a channel's sender has to look again."""

    due: datetime | None
    """The next queued message, by the installation's clock."""
    lease_until: datetime | None
    """The next lease to run out, in real time."""


async def ahead(connection: AsyncConnection, channel: str) -> Ahead:
    """What a channel's sender waits for."""
    due = select(func.min(col(Message.not_before))).where(
        col(Message.state) == "queued", col(Message.channel) == channel, col(Message.priority).in_(_PRIORITIES)
    )
    lease = select(func.min(col(Message.lease_until))).where(
        col(Message.state) == "sending", col(Message.channel) == channel
    )
    row = (await connection.execute(select(due.scalar_subquery(), lease.scalar_subquery()))).one()
    return Ahead(*row)
