"""Engines used again by the next test on the same database: what SQLAlchemy has compiled once it need not compile anew.

That is a quarter of the time of tests with a store. Nothing else is kept: a closed store's connections are gone.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.store import Store, session

_free: defaultdict[Any, list[AsyncEngine]] = defaultdict(list)


def use_engines_again() -> None:
    """For all stores of this process from now on."""
    session.create_async_engine = _engine
    Store.close = _close


def _engine(url: str, **wishes: Any) -> AsyncEngine:
    free = _free[url, wishes["pool_size"]]
    return free.pop() if free else create_async_engine(url, **wishes)


async def _close(store: Store) -> None:
    engine = store.engine
    await engine.dispose()
    free = _free[engine.url.render_as_string(hide_password=False), engine.pool.size()]
    if engine not in free:
        free.append(engine)
