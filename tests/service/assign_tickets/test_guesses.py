"""Nobody finds out another's ticket by trying, however many tries come at once."""

import asyncio
from datetime import timedelta

import pytest

from services.assign.tickets.guesses import TooMany, is_theirs
from tests.support.assign import World


async def test_a_hundred_wrong_tries_at_once_are_five(world: World):
    await world.team("near", metres=100)
    code = await world.ask(phone="+84905123456")
    tries = [is_theirs(world.store, code, f"{number:04d}", "203.0.113.9", world.clock.now()) for number in range(100)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert results.count(False) == 5
    assert sum(isinstance(result, TooMany) for result in results) == 95


async def test_after_an_hour_the_right_digits_are_enough(world: World):
    await world.team("near", metres=100)
    code = await world.ask(phone="+84905123456")
    for _ in range(5):
        assert not await is_theirs(world.store, code, "0000", "203.0.113.9", world.clock.now())
    with pytest.raises(TooMany):
        await is_theirs(world.store, code, "3456", "203.0.113.9", world.clock.now())
    later = world.clock.now() + timedelta(hours=1, seconds=1)
    assert await is_theirs(world.store, code, "3456", "203.0.113.9", later)
