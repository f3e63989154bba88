"""Engines used again by the next test on the same database: what SQLAlchemy has compiled once it need not compile anew.

Nothing else is kept: a closed store's connections are gone.
"""

from collections import defaultdict
from typing import Any
from unittest.mock import patch

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.store import Store, session

Wish = tuple[str, int]
"""The address, and how many connections at most."""
_wishes: dict[AsyncEngine, Wish] = {}
_free: defaultdict[Wish, list[AsyncEngine]] = defaultdict(list)


def use_engines_again() -> None:
    """For all stores of this process from now on."""
    patch.object(session, "create_async_engine", _engine).start()
    patch.object(Store, "close", _close).start()


def _engine(url: str, *, pool_size: int, **wishes: Any) -> AsyncEngine:
    if free := _free[url, pool_size]:
        return free.pop()
    made = create_async_engine(url, pool_size=pool_size, **wishes)
    _wishes[made] = url, pool_size
    return made


async def _close(store: Store) -> None:
    await store.engine.dispose()
    free = _free[_wishes[store.engine]]
    if store.engine not in free:
        free.append(store.engine)
