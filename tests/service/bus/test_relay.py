"""One relay of a service works, others stand by, and a lost connection is no end."""

import pytest
from sqlalchemy import text

from shared.bus import relay
from tests.service.bus.conftest import MakePart
from tests.service.bus.world import Part, until
from tests.support.servers import NatsServer


async def test_of_two_relays_one_works_and_the_other_takes_over(sender: Part, taker: Part, make_part: MakePart) -> None:
    await taker.bus.start()
    second = await make_part("sender", like=sender)
    await second.bus.start()
    await second.ready()
    await sender.publish(*range(10))
    await taker.has(range(10))
    assert await _relays_with_lock(sender) == 1
    await sender.bus.stop()
    await second.publish(10)
    await taker.has(range(11))


async def test_what_another_process_commits_leaves_at_once_too(
    sender: Part, taker: Part, make_part: MakePart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay that leads would look by itself only in an hour."""
    await taker.bus.start()
    await taker.ready()
    second = await make_part("sender", like=sender)
    await second.bus.start()
    await second.ready()
    monkeypatch.setattr(relay, "NET_S", 3600.0)
    for number in range(10):
        await second.publish(number)
        await taker.has(range(number + 1))


async def test_a_relay_whose_connection_is_cut_comes_back(sender: Part, taker: Part) -> None:
    await taker.bus.start()
    async with sender.store.begin() as unit:
        await unit.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'relay' and datname = current_database()"
            )
        )
    await sender.publish(1)
    await taker.has([1])
    await sender.ready()


async def test_what_is_owed_keeps_the_order_of_commits(sender: Part, taker: Part, nats: NatsServer) -> None:
    nats.stop()
    for number in range(30):
        await sender.publish(number)
    nats.start()
    await taker.bus.start()
    await taker.has(range(30))
    assert [getattr(event, "number", None) for batch in taker.batches for event in batch] == list(range(30))


async def test_places_are_kept(sender: Part, nats: NatsServer) -> None:
    await sender.publish(*range(3))
    await sender.all_published()
    async with sender.store.read() as connection:
        rows = (await connection.execute(text("select incarnation, sequence from outbox order by position"))).all()
    assert [row.sequence for row in rows] == [1, 2, 3]
    assert len({row.incarnation for row in rows}) == 1


async def test_the_backlog_is_zero_only_when_all_is_told_and_taken(sender: Part, taker: Part, nats: NatsServer) -> None:
    await taker.bus.start()
    await taker.ready()
    assert await taker.bus.backlog() == 0
    nats.stop()
    await sender.publish(1, 2)
    assert await sender.bus.backlog() == 2
    await until(taker.bus.problems)
    assert await taker.bus.backlog() == 1  # unknown is not quiet
    nats.start()
    await sender.ready()
    await taker.ready()
    await until(lambda: _is_quiet(sender, taker))
    assert await taker.numbers() == [1, 2]


async def _is_quiet(*parts: Part) -> bool:
    return [await part.bus.backlog() for part in parts] == [0] * len(parts)


async def _relays_with_lock(part: Part) -> int:
    async with part.store.read() as connection:
        held = (
            "select count(*) from pg_locks join pg_database on pg_database.oid = pg_locks.database"
            " where locktype = 'advisory' and granted and datname = current_database()"
        )
        return int(await connection.scalar(text(held)) or 0)
