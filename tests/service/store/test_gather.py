"""Group commit: many callers, one transaction; a bad one hurts only itself; a lone one waits for nobody."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from sqlalchemy import insert

from shared.store import Store, Unit
from shared.store.gather import Gather
from tests.service.bus.world import Effect, Noted, Part, owe
from tests.support.servers import FreshDatabase


@pytest_asyncio.fixture
async def part(database: FreshDatabase) -> AsyncIterator[Part]:
    """A store with the tables of the bus's tests; no bus runs."""
    made = Part("taker", database("intake"), "nats://127.0.0.1:1")
    await made.make_tables()
    yield made
    await made.store.close()


class Counting:
    """Work that notes a number and owes an event for each, and remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    async def __call__(self, unit: Unit, numbers: Sequence[int]) -> Sequence[str]:
        self.batches.append(len(numbers))
        await unit.execute(insert(Effect), [{"number": number, "type": "gathered"} for number in numbers])
        if -1 in numbers:
            raise ValueError("minus one")
        for number in numbers:
            owe(unit, Noted(number=number))
        return [f"number {number}" for number in numbers]


def gathered(store: Store, most: int = 64) -> tuple[Gather[int, str], Counting]:
    work = Counting()
    return Gather(work, store, most), work


async def test_each_caller_gets_its_own_outcome(part: Part) -> None:
    gather, _ = gathered(part.store)
    assert await asyncio.gather(*(gather.submit(n) for n in range(100))) == [f"number {n}" for n in range(100)]
    assert await part.numbers() == list(range(100))
    assert await part.owed() == 100


async def test_callers_at_the_same_time_share_few_transactions_of_bounded_size(part: Part) -> None:
    gather, work = gathered(part.store, most=40)
    await asyncio.gather(*(gather.submit(n) for n in range(100)))
    assert work.batches == [40, 40, 20]


async def test_one_caller_is_one_transaction_at_once(part: Part) -> None:
    gather, work = gathered(part.store)
    for number in range(3):
        assert await gather.submit(number) == f"number {number}"
    assert work.batches == [1, 1, 1]


async def test_a_bad_one_hurts_only_its_owner(part: Part) -> None:
    gather, _ = gathered(part.store)
    outcomes = await asyncio.gather(*(gather.submit(n) for n in (1, -1, 2)), return_exceptions=True)
    assert outcomes[0::2] == ["number 1", "number 2"]
    assert isinstance(outcomes[1], ValueError)
    assert await part.numbers() == [1, 2]
    assert await part.owed() == 2


async def test_a_caller_that_goes_away_disturbs_nobody(part: Part) -> None:
    gather, _ = gathered(part.store)
    leaving = asyncio.create_task(gather.submit(1))
    staying = asyncio.create_task(gather.submit(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == "number 2"
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_work_that_forgets_an_outcome_commits_nothing(part: Part) -> None:
    async def forgetful(unit: Unit, numbers: Sequence[int]) -> Sequence[str]:
        await unit.execute(insert(Effect), [{"number": number, "type": "gathered"} for number in numbers])
        return []

    gather: Gather[int, str] = Gather(forgetful, part.store)
    with pytest.raises(ValueError, match="zip"):
        await gather.submit(1)
    assert await part.numbers() == []


async def test_it_serves_on_after_everything_failed(part: Part) -> None:
    gather, _ = gathered(part.store)
    with pytest.raises(ValueError, match="minus one"):
        await gather.submit(-1)
    assert await gather.submit(1) == "number 1"
