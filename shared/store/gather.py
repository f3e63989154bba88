"""Group commit: what many callers want at the same time is done in one transaction.

While one transaction is under way the next callers gather; a caller alone is served at once, with no delay in his way.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shared.store.session import Store, Unit

In = TypeVar("In")
Out = TypeVar("Out")
GatherWork = Callable[[Unit, Sequence[In]], Awaitable[Sequence[Out]]]


class Gather(Generic[In, Out]):
    """Runs `work` over up to `most` items in one transaction. `work` returns an outcome for each item, in order.

    If it raises, each item is tried again in a transaction of its own, so that a bad one hurts only its owner: `work`
    must do nothing outside the unit. It runs apart from the callers' context: a correlation id belongs in the item.
    """

    def __init__(self, work: GatherWork[In, Out], store: Store, most: int = 64) -> None:
        self._work = work
        self._store = store
        self._most = most
        self._waiting: deque[tuple[In, asyncio.Future[Out]]] = deque()
        self._draining: asyncio.Task[None] | None = None

    async def submit(self, item: In) -> Out:
        """Returns when the item's transaction is committed; raises what `work` raised for it."""
        outcome: asyncio.Future[Out] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, outcome))
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())
        return await outcome

    async def _drain(self) -> None:
        try:
            while batch := self._next_batch():
                await self._commit(batch)
        finally:
            self._draining = None

    def _next_batch(self) -> list[tuple[In, asyncio.Future[Out]]]:
        return [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]

    async def _commit(self, batch: list[tuple[In, asyncio.Future[Out]]]) -> None:
        try:
            async with self._store.begin() as unit:
                outcomes = await self._work(unit, [item for item, _ in batch])
                answers = list(zip(batch, outcomes, strict=True))
        except Exception as error:
            if len(batch) == 1:
                _answer(batch[0][1], error)
            else:
                for one in batch:
                    await self._commit([one])
        else:
            for (_, waiting), outcome in answers:
                _answer(waiting, outcome)


def _answer(waiting: asyncio.Future[Out], outcome: Out | Exception) -> None:
    if waiting.done():  # the caller went away
        return
    if isinstance(outcome, Exception):
        waiting.set_exception(outcome)
    else:
        waiting.set_result(outcome)
