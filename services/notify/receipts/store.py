"""Every query about receipts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select, tuple_, union_all, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.channels.inbound import Receipt
from services.notify.messages.store.claiming import CLAIMED, Claimed
from services.notify.messages.tables import Message
from services.notify.receipts.rules import Kind
from services.notify.receipts.tables import KeptReceipt
from shared.store import Unit


async def keep(unit: Unit, receipts: Sequence[Receipt], now: datetime) -> None:
    """Write receipts down; a repeat changes nothing."""
    rows = [
        {
            "channel": receipt.channel,
            "key": receipt.key,
            "kind": receipt.kind,
            "at": receipt.at,
            "kept_at": now,
            "message_id": receipt.message,
            "provider_id": receipt.provider_id,
            "reason": receipt.reason,
            "address_is_bad": receipt.address_is_bad,
            "is_applied": False,
        }
        for receipt in receipts
    ]
    if rows:
        await unit.execute(insert(KeptReceipt).on_conflict_do_nothing(), rows)


@dataclass(frozen=True, slots=True)
class Matched:
    """A receipt without effect so far, and the message it speaks of."""

    channel: str
    key: str
    kind: Kind
    at: datetime
    reason: str | None
    address_is_bad: bool
    message: UUID


_OPEN = ~col(KeptReceipt.is_applied)
_WORD = tuple(col(getattr(KeptReceipt, name)) for name in ("channel", "key", "kind", "at", "reason", "address_is_bad"))
_SAME_CHANNEL = col(Message.channel) == col(KeptReceipt.channel)
_BY_OUR_ID = _SAME_CHANNEL & (col(Message.id) == col(KeptReceipt.message_id))
_BY_THEIR_ID = (
    _SAME_CHANNEL & col(KeptReceipt.message_id).is_(None) & (col(Message.provider_id) == col(KeptReceipt.provider_id))
)


async def matched_of(connection: AsyncConnection, receipts: Sequence[Receipt]) -> list[Matched]:
    """Those of these receipts whose message is known."""
    pairs = [(receipt.channel, receipt.key) for receipt in receipts]
    return await _matched(connection, tuple_(col(KeptReceipt.channel), col(KeptReceipt.key)).in_(pairs), len(pairs))


async def matched_for(connection: AsyncConnection, messages: Collection[UUID]) -> list[Matched]:
    """Receipts that came before these messages were known as sent."""
    return await _matched(connection, one_of(col(Message.id), messages), None)


async def matched(connection: AsyncConnection, most: int) -> list[Matched]:
    """Any whose message is known by now, and is not just being sent."""
    return await _matched(connection, col(Message.state) != "sending", most)


async def _matched(connection: AsyncConnection, wanted: ColumnElement[bool], most: int | None) -> list[Matched]:
    """A provider may use an id again after years: the newest message that has it is meant."""
    ways = [
        select(*_WORD, col(Message.id).label("message")).join_from(KeptReceipt, Message, same).where(_OPEN, wanted)
        for same in (_BY_OUR_ID, _BY_THEIR_ID)
    ]
    both = union_all(*ways).subquery()
    newest = select(both).ext(distinct_on(both.c.channel, both.c.key))
    newest = newest.order_by(both.c.channel, both.c.key, both.c.message.desc())
    return [Matched(*row) for row in await connection.execute(newest.limit(most))]


async def take(unit: Unit, ids: Collection[UUID]) -> list[tuple[Claimed, str]]:
    """Messages with their states, held until the commit."""
    statement = select(*CLAIMED, col(Message.state)).where(one_of(col(Message.id), ids)).order_by(col(Message.id))
    rows = await unit.execute(statement.with_for_update())
    return [(Claimed(*message), state) for *message, state in rows]


async def followers_of(connection: AsyncConnection, ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """(message, the one that spoke for it): what is said of that one holds for both."""
    statement = select(col(Message.id), col(Message.bundled_in)).where(one_of(col(Message.bundled_in), ids))
    return [(id, carrier) for id, carrier in await connection.execute(statement) if carrier]


async def offers_of(connection: AsyncConnection, ids: Collection[UUID]) -> list[UUID]:
    """Offers that these messages tell of."""
    statement = select(col(Message.offer_id)).where(one_of(col(Message.id), ids), col(Message.offer_id).is_not(None))
    return [offer for offer in (await connection.execute(statement.distinct())).scalars() if offer]


_CHANGE = (
    update(Message)
    .where(col(Message.id) == bindparam("message"))
    .values(
        state=bindparam("state"),
        state_at=bindparam("at"),
        reason=bindparam("reason"),
        sent_at=func.coalesce(col(Message.sent_at), bindparam("at")),
    )
)
_ARRIVED = _CHANGE.values(delivered_at=bindparam("at"))
_ON_ITS_WAY = update(Message).where(col(Message.id) == bindparam("message")).values(on_its_way_at=bindparam("at"))


async def note(unit: Unit, changes: Sequence[tuple[UUID, str, str | None, datetime]]) -> None:
    """Write down (message, state, reason, when)."""
    rows = [{"message": id, "state": state, "reason": reason, "at": at} for id, state, reason, at in changes]
    arrived = [row for row in rows if row["state"] == "delivered"]
    others = [row for row in rows if row["state"] != "delivered"]
    for statement, alike in ((_ARRIVED, arrived), (_CHANGE, others)):
        if alike:
            await unit.execute(statement, alike)


async def note_on_its_way(unit: Unit, at: dict[UUID, datetime]) -> None:
    """A network has these messages since then."""
    if at:
        await unit.execute(_ON_ITS_WAY, [{"message": id, "at": moment} for id, moment in at.items()])


async def settle(unit: Unit, receipts: Sequence[Matched]) -> None:
    """These had their effect."""
    pairs = [(receipt.channel, receipt.key) for receipt in receipts]
    if pairs:
        same = tuple_(col(KeptReceipt.channel), col(KeptReceipt.key)).in_(pairs)
        await unit.execute(update(KeptReceipt).where(same).values(is_applied=True))


async def give_up(unit: Unit, kept_before: datetime) -> int:
    """Receipts of messages that nobody knows; returns how many."""
    statement = update(KeptReceipt).where(_OPEN, col(KeptReceipt.kept_at) < kept_before).values(is_applied=True)
    return (await unit.execute(statement)).rowcount


async def oldest_open(connection: AsyncConnection) -> datetime | None:
    """When the oldest receipt without effect came; None where there is none."""
    return await connection.scalar(select(func.min(col(KeptReceipt.kept_at))).where(_OPEN))
