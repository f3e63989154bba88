"""Writing down what became of messages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Interval, bindparam, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.messages.pace import Pace
from services.notify.messages.tables import Attempt, Message
from shared.store import Unit

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


async def record_taken(
    unit: Unit, ids: Sequence[UUID], sender: UUID, state: str, at: datetime, pace: Pace
) -> set[UUID]:
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
            receipt_due=_receipt_due(at, pace) if state == "sent" else None,
            claimed_by=None,
            lease_until=None,
        )
        .returning(col(Message.id))
    )
    return set((await unit.execute(statement)).scalars())


async def expect_receipt(unit: Unit, ids: Sequence[UUID], at: datetime, pace: Pace) -> None:
    """These have left: where no receipt says that they arrived, they go on."""
    await unit.execute(update(Message).where(one_of(col(Message.id), ids)).values(receipt_due=_receipt_due(at, pace)))


def _receipt_due(at: datetime, pace: Pace) -> ColumnElement[datetime | None] | None:
    """Where there is another way, and this channel says what arrives."""
    urgent, calm = pace.wait(urgent=True), pace.wait(urgent=False)
    if urgent is None and calm is None:
        return None
    return case(
        (func.cardinality(col(Message.further_channels)) == 0, None),
        (col(Message.priority) == 0, at + urgent if urgent else None),
        else_=at + calm if calm else None,
    )


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


async def keep_fresh(unit: Unit, waits: Mapping[UUID, timedelta]) -> None:
    """These are news for so much longer."""
    longer = update(Message).where(col(Message.id) == bindparam("message"))
    longer = longer.values(expires_at=col(Message.expires_at) + bindparam("wait", type_=Interval))
    if waits:
        await unit.execute(longer, [{"message": message, "wait": wait} for message, wait in waits.items()])


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
