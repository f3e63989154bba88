"""Whom PostgreSQL ends because two needed each other's rows is done again, a few times; nobody else."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from shared.store.deadlocks import ATTEMPTS, despite_deadlocks


class Work:
    """Fails with each of these errors in turn, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.times = 0

    async def __call__(self) -> str:
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


DEADLOCKS = [asyncpg.DeadlockDetectedError(), DBAPIError("update", {}, asyncpg.DeadlockDetectedError())]


@pytest.mark.parametrize("error", DEADLOCKS)
async def test_it_is_done_again(error: Exception) -> None:
    work = Work(error, error)
    assert (await despite_deadlocks(work), work.times) == ("done", 3)


@pytest.mark.parametrize("error", DEADLOCKS)
async def test_it_is_given_up_in_the_end(error: Exception) -> None:
    work = Work(*[error] * ATTEMPTS)
    with pytest.raises(type(error)):
        await despite_deadlocks(work)
    assert work.times == ATTEMPTS


@pytest.mark.parametrize("error", [ValueError(), asyncpg.UniqueViolationError(), DBAPIError("update", {}, Exception())])
async def test_another_fault_is_raised_at_once(error: Exception) -> None:
    work = Work(error)
    with pytest.raises(type(error)):
        await despite_deadlocks(work)
    assert work.times == 1
