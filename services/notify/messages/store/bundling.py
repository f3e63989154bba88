"""Bundles written down before they are sent, so that a sender that dies leaves no doubt who spoke for whom."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notify.base import one_of
from services.notify.messages.tables import Message, MessageTicket
from shared.store import Unit
from shared.vietnam.sms import parts

_NOT_SENT = ("queued", "sending", "expired")
_TEXT = (
    update(Message)
    .where(col(Message.id) == bindparam("message"))
    .values(
        text=bindparam("written"),
        parts=bindparam("count"),
        encoding=bindparam("coding"),
        bundles=bindparam("is_bundle"),
        bundled_in=bindparam("carrier"),
    )
)


async def write_texts(unit: Unit, texts: Mapping[UUID, str], bundles: Collection[UUID]) -> None:
    """New texts of messages; those in `bundles` speak of others' tickets, too."""
    rows: list[dict[str, Any]] = []
    for id, text in texts.items():
        coding, _, count = parts(text)
        rows.append(
            {
                "message": id,
                "written": text,
                "count": count,
                "coding": coding,
                "is_bundle": id in bundles,
                "carrier": None,
            }
        )
    if rows:
        await unit.execute(_TEXT, rows)


async def write_followers(unit: Unit, carriers: Mapping[UUID, Sequence[tuple[UUID, str]]]) -> None:
    """By carrier: messages for which it speaks, with their tickets' codes. They cost nothing themselves."""
    follow = (
        update(Message)
        .where(col(Message.id) == bindparam("message"))
        .values(bundled_in=bindparam("carrier"), parts=0, bundles=False)
    )
    rows = [{"message": id, "carrier": carrier} for carrier, them in carriers.items() for id, _ in them]
    if rows:
        await unit.execute(follow, rows)
        codes = [{"code": code, "message_id": carrier} for carrier, them in carriers.items() for _, code in them]
        await unit.execute(insert(MessageTicket).on_conflict_do_nothing(), codes)


async def free_followers(unit: Unit, carriers: Collection[UUID]) -> None:
    """These carriers have not left yet and are written anew: who followed them speaks for himself, or was withdrawn."""
    if not carriers:
        return
    followers = select(col(Message.id), col(Message.text)).where(one_of(col(Message.bundled_in), carriers))
    found = await unit.execute(followers.where(col(Message.state).in_(_NOT_SENT)).order_by(col(Message.id)))
    await write_texts(unit, {row.id: row.text for row in found}, ())


async def leave(unit: Unit, ids: Collection[UUID]) -> None:
    """These are not sent any more, and no bundle that may have left spoke of them."""
    lone = update(Message).where(one_of(col(Message.id), ids), ~col(Message.resent))
    await unit.execute(lone.values(bundled_in=None, parts=func.greatest(col(Message.parts), 1)))


async def forget_codes(unit: Unit, carriers: Collection[UUID]) -> None:
    """These speak of their own ticket only."""
    await unit.execute(delete(MessageTicket).where(one_of(col(MessageTicket.message_id), carriers)))
