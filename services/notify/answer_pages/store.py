"""Every query about answer pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.answer_pages.tables import AnswerPage
from services.notify.tickets.tables import OfferEnd, Ticket
from shared.store import Unit

_ASKING = ("new", "offered")
_FIELDS = tuple(getattr(AnswerPage, name) for name in AnswerPage.model_fields)


async def make(unit: Unit, pages: Sequence[dict[str, Any]]) -> list[int]:
    """Their numbers, in the order given."""
    statement = insert(AnswerPage).returning(col(AnswerPage.id), sort_by_parameter_order=True)
    return [id for id in (await unit.execute(statement, pages)).scalars() if id is not None]


async def find(connection: AsyncConnection, number: int) -> AnswerPage | None:
    """The page, whatever its state."""
    row = (await connection.execute(select(*_FIELDS).where(col(AnswerPage.id) == number))).first()
    return AnswerPage(**row._mapping) if row else None


async def use(unit: Unit, number: int, now: datetime) -> AnswerPage | None:
    """The page, used up by this; None where it was before, or is too old."""
    statement = (
        update(AnswerPage)
        .where(col(AnswerPage.id) == number, col(AnswerPage.used_at).is_(None), col(AnswerPage.expires_at) > now)
        .values(used_at=now)
    )
    row = (await unit.execute(statement.returning(*_FIELDS))).first()
    return AnswerPage(**row._mapping) if row else None


async def still_asked(connection: AsyncConnection, page: AnswerPage) -> bool:
    """Whether the offer is open: nobody has it, and this team did not decline it since."""
    ended = (col(OfferEnd.code) == page.code) & (col(OfferEnd.team) == page.team)
    statement = (
        select(col(Ticket.code))
        .outerjoin(OfferEnd, ended)
        .where(col(Ticket.code) == page.code, col(Ticket.status).in_(_ASKING))
        .where(or_(col(OfferEnd.version).is_(None), col(OfferEnd.version) <= page.version))
    )
    return (await connection.execute(statement)).first() is not None
