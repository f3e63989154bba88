"""Every query of those who look at messages: the API and the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, any_, false, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.catalogue.store import is_commune
from services.notify.messages.tables import Attempt, Message, MessageTicket
from shared.identity import Principal, Role

_EVERYTHING = frozenset({Role.ADMINISTRATOR, Role.OPERATOR, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see. `before` is the id of the last message of the page before."""

    code: str | None = None
    phone: str | None = None
    before: UUID | None = None
    most: int = 50


@dataclass(frozen=True, slots=True)
class Try:
    """One try to send a message."""

    at: datetime
    outcome: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A message with its tries, oldest first."""

    message: Row[*tuple[Any, ...]]
    attempts: Sequence[Try]
    further_codes: Sequence[str]


async def messages_for(connection: AsyncConnection, principal: Principal, asked: Asked) -> list[Listed]:
    """What this person may see of what he asked for, the newest first."""
    conditions = [await may_see(connection, principal), col(Message.bundled_in).is_(None)]
    if asked.code:
        further = select(col(MessageTicket.message_id)).where(col(MessageTicket.code) == asked.code)
        conditions.append(or_(col(Message.code) == asked.code, col(Message.id).in_(further)))
    if asked.phone:
        conditions.append(col(Message.phone) == asked.phone)
    if asked.before:
        conditions.append(col(Message.id) < asked.before)
    columns = Message.__table__.columns  # pyright: ignore[reportAttributeAccessIssue]  (SQLModel adds it)
    statement = select(*columns).where(*conditions).order_by(col(Message.id).desc()).limit(asked.most)
    found = (await connection.execute(statement)).all()
    ids = [message.id for message in found]
    attempts = await _attempts(connection, ids)
    further_codes = await _further_codes(connection, ids)
    return [Listed(m, attempts.get(m.id, []) + _good_try(m), further_codes.get(m.id, [])) for m in found]


def _good_try(message: Any) -> list[Try]:
    return [Try(message.sent_at, "delivered" if message.delivered_at else "sent")] if message.sent_at else []


async def may_see(connection: AsyncConnection, principal: Principal) -> ColumnElement[bool]:
    """Supervisors: their own units. A commune's messages stand on an index of their own."""
    if principal.role in _EVERYTHING:
        return true()
    if principal.role is not Role.SUPERVISOR or principal.unit is None:
        return false()
    if await is_commune(connection, principal.unit):
        return col(Message.commune) == principal.unit
    return literal(principal.unit) == any_(col(Message.unit_path))


async def _attempts(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, list[Try]]:
    """Tries that failed."""
    statement = (
        select(col(Attempt.message_id), col(Attempt.at), col(Attempt.outcome), col(Attempt.reason))
        .where(one_of(col(Attempt.message_id), ids))
        .order_by(col(Attempt.message_id), col(Attempt.number), col(Attempt.at))
    )
    found: dict[UUID, list[Try]] = {}
    for id, at, outcome, reason in await connection.execute(statement):
        found.setdefault(id, []).append(Try(at, outcome, reason))
    return found


async def _further_codes(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    statement = select(col(MessageTicket.message_id), col(MessageTicket.code)).where(
        one_of(col(MessageTicket.message_id), ids)
    )
    found: dict[UUID, list[str]] = {}
    for id, code in await connection.execute(statement.order_by(col(MessageTicket.code))):
        found.setdefault(id, []).append(code)
    return found
