"""Every query about what Zalo granted us, and about who touched our Official Account."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.channels.tables import ZaloGrant, ZaloVisit
from shared.store import Unit

_GRANT = select(
    col(ZaloGrant.access_token),
    col(ZaloGrant.refresh_token),
    col(ZaloGrant.taken_at),
    col(ZaloGrant.ends_at),
    col(ZaloGrant.lost_at),
    col(ZaloGrant.lost_why),
)


async def grant_of(connection: AsyncConnection, app_id: str) -> ZaloGrant | None:
    """The pair as it is now."""
    row = (await connection.execute(_GRANT.where(col(ZaloGrant.app_id) == app_id))).first()
    return ZaloGrant(app_id=app_id, **row._mapping) if row else None


async def lock_grant(unit: Unit, app_id: str) -> ZaloGrant | None:
    """The same, held until the commit: whoever else wants to renew it waits here, and then sees what we got."""
    row = (await unit.execute(_GRANT.where(col(ZaloGrant.app_id) == app_id).with_for_update())).first()
    return ZaloGrant(app_id=app_id, **row._mapping) if row else None


async def save_grant(unit: Unit, grant: ZaloGrant) -> None:
    """Keep a new pair; an older one changes nothing."""
    values = grant.model_dump()
    statement = insert(ZaloGrant).values(**values)
    renewed = statement.on_conflict_do_update(
        index_elements=[col(ZaloGrant.app_id)],
        set_={name: value for name, value in values.items() if name != "app_id"},
        where=col(ZaloGrant.taken_at) <= grant.taken_at,
    )
    await unit.execute(renewed)


async def lose_grant(unit: Unit, app_id: str, at: datetime, why: str) -> None:
    """It cannot be renewed: an administrator has to grant again."""
    statement = update(ZaloGrant).where(col(ZaloGrant.app_id) == app_id)
    await unit.execute(statement.values(lost_at=at, lost_why=why))


async def note_visit(unit: Unit, user: str, at: datetime) -> None:
    """He wrote, or followed: the week begins anew."""
    statement = insert(ZaloVisit).values(user_id=user, at=at)
    later = func.greatest(col(ZaloVisit.at), statement.excluded.at)
    await unit.execute(statement.on_conflict_do_update(index_elements=[col(ZaloVisit.user_id)], set_={"at": later}))


async def visits(connection: AsyncConnection, users: Iterable[str]) -> dict[str, datetime]:
    """When each of these last touched us."""
    statement = select(col(ZaloVisit.user_id), col(ZaloVisit.at)).where(one_of(col(ZaloVisit.user_id), users))
    return {row[0]: row[1] for row in await connection.execute(statement)}
