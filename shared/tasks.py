"""How a background task is ended."""

import asyncio
from collections.abc import Iterable
from typing import Any


async def end(tasks: Iterable["asyncio.Task[Any]"], patience_s: float = 0) -> None:
    """Wait `patience_s` seconds for tasks to end by themselves, then cancel them; returns when all have ended.

    Cancels more than once: `asyncio.wait_for` of Python 3.11 swallows a cancellation that comes together with what it
    waits for (https://github.com/python/cpython/issues/86296).
    """
    left = set(tasks)
    if left and patience_s:
        _, left = await asyncio.wait(left, timeout=patience_s)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.2)
