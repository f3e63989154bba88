"""Every query about codes that link a chat."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notify.linking.codes import VALID
from services.notify.linking.tables import LinkCode, LinkTries
from shared.store import Unit

AGAIN_AFTER = timedelta(minutes=2)
MOST_A_DAY = 5
MOST_WRONG = 5
FORGIVEN_AFTER = timedelta(hours=1)
_DAY = timedelta(days=1)


async def give(unit: Unit, kind: str, phone: str, code_hash: str, now: datetime) -> bool:
    """This code counts from here on, the one before no more. False: too soon, or too many today; nothing changed."""
    statement = insert(LinkCode).values(kind=kind, phone=phone, code_hash=code_hash, made_at=now, times=1, since=now)
    new_day = col(LinkCode.since) <= now - _DAY
    given = statement.on_conflict_do_update(
        index_elements=[col(LinkCode.kind), col(LinkCode.phone)],
        set_={
            "code_hash": code_hash,
            "made_at": now,
            "times": case((new_day, 1), else_=col(LinkCode.times) + 1),
            "since": case((new_day, now), else_=col(LinkCode.since)),
        },
        where=(col(LinkCode.made_at) <= now - AGAIN_AFTER) & or_(new_day, col(LinkCode.times) < MOST_A_DAY),
    ).returning(col(LinkCode.phone))
    return (await unit.execute(given)).first() is not None


async def redeem(unit: Unit, kind: str, code_hash: str, now: datetime) -> str | None:
    """The phone this code was sent to; it counts no more. None: there is no such code, or it is too old."""
    statement = (
        update(LinkCode)
        .where(col(LinkCode.kind) == kind, col(LinkCode.code_hash) == code_hash, col(LinkCode.made_at) > now - VALID)
        .values(code_hash=None)
        .returning(col(LinkCode.phone))
    )
    return (await unit.execute(statement)).scalar()


async def wrong_tries(unit: Unit, kind: str, address: str, now: datetime) -> int:
    """How often this chat was wrong within the last hour."""
    statement = select(col(LinkTries.wrong)).where(
        col(LinkTries.kind) == kind, col(LinkTries.address) == address, col(LinkTries.since) > now - FORGIVEN_AFTER
    )
    return (await unit.execute(statement)).scalar() or 0


async def count_wrong(unit: Unit, kind: str, address: str, now: datetime) -> None:
    """One more wrong code from this chat; what is forgiven is forgotten."""
    await unit.execute(delete(LinkTries).where(col(LinkTries.since) <= now - FORGIVEN_AFTER))
    statement = insert(LinkTries).values(kind=kind, address=address, wrong=1, since=now)
    keys = [col(LinkTries.kind), col(LinkTries.address)]
    await unit.execute(statement.on_conflict_do_update(index_elements=keys, set_={"wrong": col(LinkTries.wrong) + 1}))
