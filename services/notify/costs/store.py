"""Every query about tariffs, budgets and what was spent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.costs.prices import WARNED_AT, Price
from services.notify.costs.tables import Budget, Spent, Tariff
from services.notify.messages.tables import Message
from shared.store import Unit, new_id

_PRICE = tuple(getattr(Tariff, field) for field in Price.__dataclass_fields__)


async def prices(connection: AsyncConnection) -> list[Price]:
    """All tariffs, the newest first."""
    statement = select(*_PRICE).order_by(col(Tariff.channel), col(Tariff.prefix), col(Tariff.valid_from).desc())
    return [Price(*row) for row in await connection.execute(statement)]


async def set_prices(unit: Unit, prices: Sequence[Price]) -> None:
    """These and no others. What messages cost that left before stands with them."""
    await unit.execute(delete(Tariff))
    rows = [{"id": new_id(), **{name: getattr(price, name) for name in Price.__dataclass_fields__}} for price in prices]
    if rows:
        await unit.execute(insert(Tariff), rows)


@dataclass(frozen=True, slots=True)
class Account:
    """A unit's budget and what of it is spent this month."""

    unit: str
    monthly_vnd: int
    spent_vnd: int


async def accounts(connection: AsyncConnection, month: str, units: Iterable[str] | None = None) -> list[Account]:
    """Of units that have a budget."""
    of_month = (
        select(func.coalesce(func.sum(col(Spent.price_vnd)), 0))
        .where(col(Spent.unit) == col(Budget.unit), col(Spent.month) == month)
        .scalar_subquery()
    )
    statement = select(col(Budget.unit), col(Budget.monthly_vnd), of_month).order_by(col(Budget.unit))
    if units is not None:
        statement = statement.where(one_of(col(Budget.unit), units))
    return [Account(unit, monthly, int(spent)) for unit, monthly, spent in await connection.execute(statement)]


async def set_budget(unit: Unit, code: str, monthly_vnd: int | None) -> None:
    """None takes it away."""
    if monthly_vnd is None:
        await unit.execute(delete(Budget).where(col(Budget.unit) == code))
        return
    statement = insert(Budget).values(unit=code, monthly_vnd=monthly_vnd, warned_month=None)
    await unit.execute(
        statement.on_conflict_do_update(
            index_elements=[col(Budget.unit)], set_={"monthly_vnd": monthly_vnd, "warned_month": None}
        )
    )


@dataclass(frozen=True, slots=True)
class Sum:
    """A unit's messages of a month on one channel."""

    channel: str
    messages: int
    parts: int
    price_vnd: int


async def sums(connection: AsyncConnection, code: str, month: str) -> list[Sum]:
    """By channel."""
    statement = select(col(Spent.channel), col(Spent.messages), col(Spent.parts), col(Spent.price_vnd))
    rows = await connection.execute(
        statement.where(col(Spent.unit) == code, col(Spent.month) == month).order_by(col(Spent.channel))
    )
    return [Sum(*row) for row in rows]


async def add(unit: Unit, month: str, spent: dict[tuple[str, str], tuple[int, int, int]]) -> None:
    """By (unit, channel): messages, parts and đồng more."""
    statement = insert(Spent)
    more = statement.on_conflict_do_update(
        index_elements=[col(Spent.unit), col(Spent.month), col(Spent.channel)],
        set_={name: getattr(Spent, name) + statement.excluded[name] for name in ("messages", "parts", "price_vnd")},
    )
    rows: list[dict[str, Any]] = [
        {"unit": code, "month": month, "channel": channel, "messages": one[0], "parts": one[1], "price_vnd": one[2]}
        for (code, channel), one in sorted(spent.items())
    ]
    if rows:
        await unit.execute(more, rows)


_PRICED = update(Message).where(col(Message.id) == bindparam("message")).values(price=bindparam("vnd"))


async def write_prices(unit: Unit, prices: dict[UUID, int]) -> None:
    """What these messages cost."""
    if prices:
        await unit.execute(_PRICED, [{"message": id, "vnd": price} for id, price in prices.items()])


async def warn_once(unit: Unit, accounts: Sequence[Account], month: str) -> list[Account]:
    """Those that passed four fifths for the first time this month."""
    near = {account.unit: account for account in accounts if account.spent_vnd >= WARNED_AT * account.monthly_vnd}
    if not near:
        return []
    statement = (
        update(Budget)
        .where(one_of(col(Budget.unit), sorted(near)), col(Budget.warned_month).is_distinct_from(month))
        .values(warned_month=month)
        .returning(col(Budget.unit))
    )
    return [near[code] for code in (await unit.execute(statement)).scalars()]
