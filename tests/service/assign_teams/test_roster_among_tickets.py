"""A roster is taken in while members act on tickets of its teams."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from services.assign.tickets.lifecycle import Action, Status
from tests.support.assign import World, member
from tests.support.assign_fixtures import desk, dsn, world
from tests.support.assign_web import ADMINISTRATOR, Desk

__all__ = ["desk", "dsn", "world"]

WAITING = text("""
    select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'""")
LEADER = "team_code,full_name,role,phone\none,Tên mới,leader,{phone}"
DEADLOCKS_ARE_SOUGHT_AFTER_S = 1.0
"""`deadlock_timeout` of PostgreSQL: whoever waits looks once, then."""


async def waiting(world: World, how_many: int) -> None:
    """So many statements wait for somebody's lock."""
    async with asyncio.timeout(10):
        while True:
            async with world.store.read() as connection:
                if await connection.scalar(WAITING) == how_many:
                    return
            await asyncio.sleep(0.02)


async def test_a_roster_and_a_member_who_accepts_a_waiting_ticket_both_come_to_their_end(
    world: World, desk: Desk
) -> None:
    await world.team("one", metres=100)
    code = await world.ask()
    await world.at(world.clock.now() + timedelta(minutes=21))  # all were asked: whoever changes a team looks for it
    async with world.store.begin() as slow:
        phone = (await slow.execute(text("select phone from member where id = 'L-one' for update"))).scalar_one()
        files = {"members": LEADER.format(phone=phone).encode()}
        importing = asyncio.create_task(
            desk.client.post("/api/v1/roster", files=files, headers=desk.token(ADMINISTRATOR))
        )
        await waiting(world, 1)  # the roster has the team
        accepting = asyncio.create_task(world.act(code, Action.ACCEPTANCE, member("one")))
        await waiting(world, 2)  # the member has the ticket, and needs the team
        await asyncio.sleep(DEADLOCKS_ARE_SOUGHT_AFTER_S + 0.2)
    answer, ticket = await asyncio.gather(importing, accepting)  # now the roster needs the ticket
    assert (answer.status_code, answer.json()["changed"]) == (200, 1)
    assert (ticket.status, ticket.member) == (Status.ACCEPTED, "L-one")
    async with world.store.read() as connection:
        assert await connection.scalar(text("select full_name from member where id = 'L-one'")) == "Tên mới"
