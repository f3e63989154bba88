"""A process of `taker` that says when it has a batch at hand, and is killed then. `slow_taker.py DATABASE NATS`."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from shared.events.envelope import Received
from shared.store import Unit
from tests.service.bus.world import Noted, Part


async def main() -> None:
    part = Part("taker", sys.argv[1], sys.argv[2])

    async def slow(unit: Unit, events: Sequence[Received[Any]]) -> None:
        await part.note(unit, events)
        print("handling", len(events), flush=True)
        await asyncio.sleep(60)

    part.bus.listen("places", {Noted: slow})
    await part.bus.start()
    await asyncio.Event().wait()


asyncio.run(main())
