"""What the watch asks each second: cheap where nothing happened, and bounded where much did."""

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.store.lean import fetch

MOST = 5_000
NEWEST = "select coalesce(max(id), 0) from change"
SINCE = "select id, code from change where id > $1 order by id limit $2"
PLACES = "select distinct unnest(unit_path) from ticket where code = any($1)"


async def newest(connection: AsyncConnection) -> int:
    """The number of the last change."""
    [(last,)] = await fetch(connection, NEWEST)
    return last


async def since(connection: AsyncConnection, id: int) -> dict[int, str]:
    """Codes of tickets by the numbers of their changes after `id`, the oldest first, `MOST` at once."""
    return {row["id"]: row["code"] for row in await fetch(connection, SINCE, id, MOST)}


async def places_of(connection: AsyncConnection, codes: list[str]) -> set[str]:
    """Codes of the units in which these tickets lie, and of all above them."""
    return {unit for (unit,) in await fetch(connection, PLACES, codes)}
