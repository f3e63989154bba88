"""What news of people, places, corrections, failures and late texts do to a ticket that is under way."""

from contextlib import suppress
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.assign.teams.roster.take_in import Files, take_in
from services.assign.teams.watchers import TeamWatchers
from services.assign.tickets.actions import NotPossible
from services.assign.tickets.actions.refusal import Refusal
from services.assign.tickets.doing import asking, do_within
from services.assign.tickets.lifecycle import Action
from shared.events import messages, replies, requests
from shared.identity import Principal, Role
from shared.store import new_id
from tests.support.assign import OPERATOR, SUPERVISOR, WEDNESDAY, World, member, received
from tests.support.assign_web import Desk

NUMBER, SPOKEN = "+84905123456", "0905 123 456"
ADMIN = Principal(role=Role.ADMINISTRATOR, id="a")
TEAMS = "team_code,team_name,village,commune_code,lat,lon\n"
MEMBERS = "team_code,full_name,role,phone\n"


async def write(world: World, statement: str) -> None:
    async with world.store.begin() as unit:
        await unit.execute(text(statement))


async def roster(world: World, teams: str | None = None, members: str | None = None, **how: Any) -> Any:
    files = Files(*(table.encode() if table else None for table in (teams, members)))
    async with world.store.begin() as unit:
        return await take_in(unit, files, world.clock.now(), how.pop("watchers", TeamWatchers()), **how)


async def correct(world: World, event: requests.Submitted, **facts: Any) -> None:
    changed = requests.Corrected(
        request_id=event.request_id,
        code=event.code,
        corrected_at=world.clock.now(),
        by="op-1",
        revision=1,
        facts=event.facts.model_copy(update=facts),
    )
    async with world.store.begin() as unit:
        await world.listener.on_corrected(unit, [received(changed)])


async def fail(world: World, code: str | None, team: str, person: str | None, **facts: Any) -> None:
    failed = messages.Failed(
        message_id=new_id(),
        at=world.clock.now(),
        alert="offered",
        channel="sms",
        codes=[code] if code else [],
        person=person,
        team=team,
        reason="unknown_number",
        **facts,
    )
    async with world.store.begin() as unit:
        await world.listener.on_failed(unit, [received(failed)])


async def text_in(world: World, command: replies.Command, at: datetime, **facts: Any) -> None:
    said: dict[str, Any] = {"phone": NUMBER} | facts
    event = replies.Received(reply_id=new_id(), at=at, command=command, **said)
    async with world.store.begin() as unit:
        await world.listener.on_reply(unit, [received(event)])


async def offers_of(world: World, code: str) -> list[tuple[str, str]]:
    async with world.store.read() as connection:
        found = await connection.execute(
            text("select team, outcome from offer where code = :code order by at, id"), {"code": code}
        )
        return [(row.team, row.outcome) for row in found]


async def offer_ids(world: World, code: str, team: str) -> list[UUID]:
    statement = text("select id from offer where code = :code and team = :team order by at, id")
    async with world.store.read() as connection:
        return list((await connection.execute(statement, {"code": code, "team": team})).scalars())


async def done(world: World, team: str) -> str:
    """A ticket that this team accepted and resolved."""
    code = await world.ask()
    await world.act(code, Action.ACCEPTANCE, member(team))
    await world.act(code, Action.RESOLUTION, member(team), outcome="solved")
    return code


# People leave


@pytest.mark.parametrize("gone", ["retired = true", "team_code = 'other'"])
async def test_who_left_the_team_reads_no_residents_number_though_their_session_lives(
    world: World, desk: Desk, gone: str
):
    await world.team("mine", metres=100)
    await world.team("other", metres=5_000)
    code = await world.ask(phone=NUMBER, requester_name="H’Bia Niê")
    await world.act(code, Action.ACCEPTANCE, member("mine"))
    await write(world, f"update member set {gone} where id = 'L-mine'")
    page = unescape((await desk.page("/team", member("mine"))).text)
    assert SPOKEN not in page and "H’Bia" not in page and "Không biết quét mã QR" not in page
    assert (await desk.get(f"/api/v1/tickets/{code}", member("mine"))).status_code in (401, 404)
    listed = await desk.get("/api/v1/tickets", member("mine"))
    assert listed.status_code in (401, 404) or not listed.json()["items"]


async def test_when_the_member_who_accepted_is_gone_somebody_of_the_team_gets_the_number(world: World, desk: Desk):
    await world.team("mine", metres=100)
    await write(world, "update member set phone = '+84901234567' where id = 'M-mine'")
    code = await world.ask(phone=NUMBER)
    await world.act(code, Action.ACCEPTANCE, member("mine"))
    await roster(world, members=f"{MEMBERS}mine,Người mine,leader,0901234567\n", replace=True)
    colleague = unescape((await desk.page("/team", member("mine", "M"))).text)
    with suppress(NotPossible):
        await world.act(code, Action.REASSIGNMENT, SUPERVISOR, team="mine", reason="người nhận đã nghỉ")
    ticket = await world.ticket(code)
    assert SPOKEN in colleague or ticket.member == "M-mine" or ticket.status == "offered", (
        ticket.status,
        ticket.member,
    )


@pytest.mark.parametrize("again", ["objection", "further words"])
async def test_what_is_opened_again_after_its_team_is_gone_is_put_before_another(world: World, again: str):
    await world.team("gone", metres=100)
    await world.team("near", metres=900)
    code = await done(world, "gone")
    assert (await roster(world, teams=f"{TEAMS}near,Tổ near,,24121,12.688,108.05\n", replace=True)).removed
    if again == "objection":
        await world.act(code, Action.REOPENING, reason="chưa được")
    else:
        await world.submit(await world.request(code=code, add_to=True))
    ticket = await world.ticket(code)
    assert ticket.team is None and ("near", "open") in await offers_of(world, code), (ticket.status, ticket.team)


# Places free


async def test_a_place_that_frees_while_a_request_finds_none_is_not_overlooked(world: World):
    await world.team("one", metres=100, capacity=1)
    held = await world.ask()
    await world.act(held, Action.ACCEPTANCE, member("one"))
    event = await world.request()
    async with world.store.begin() as slow:  # a batch takes as long as that
        await world.listener.on_submitted(slow, [received(event)])
        await world.act(held, Action.RESOLUTION, member("one"), outcome="solved")
    await world.at(world.clock.now() + timedelta(minutes=30))
    ticket = await world.ticket(event.code)
    assert ticket.status == "offered", (ticket.status, ticket.unrouted_reason, ticket.next_action, ticket.next_at)


async def test_a_place_that_frees_while_the_last_team_declines_is_not_overlooked(world: World):
    await world.team("one", metres=100)
    await world.team("full", metres=900, capacity=1)
    held = await world.ask(lat=12.6881, lon=108.05)
    await world.act(held, Action.ACCEPTANCE, member("full"))
    code = await world.ask()
    async with world.store.begin() as slow:
        ask = asking(member("one"), Action.REFUSAL, None)
        await do_within(slow, code, Action.REFUSAL, Refusal(reason="busy"), ask, world.clock.now())
        await world.act(held, Action.RESOLUTION, member("full"), outcome="solved")
    await world.at(world.clock.now() + timedelta(minutes=30))
    assert (await world.ticket(code)).status == "offered"


# What is corrected


async def test_what_is_corrected_to_a_scam_goes_to_three_teams_at_any_hour(world: World):
    for number in range(4):
        await world.team(f"t{number}", metres=100 * number)
    world.clock.set_now(WEDNESDAY + timedelta(hours=14))  # 23:00
    event = await world.request(category="payments")
    await world.submit(event)
    await correct(world, event, category="scam_safety")
    async with world.store.read() as connection:
        found = await connection.execute(
            text("select at, ring_at from offer where code = :code and outcome = 'open'"), {"code": event.code}
        )
        asked = found.all()
    ticket = await world.ticket(event.code)
    assert (ticket.urgent, len(asked), [offer.ring_at == offer.at for offer in asked]) == (True, 3, [True] * 3)


# Nobody could be reached


async def test_a_team_that_was_not_reached_has_not_declined_and_is_asked_once_it_is_heard(world: World):
    await world.team("one", metres=100)
    code = await world.ask()
    await fail(world, None, "one", "M-one", address_is_bad=True)
    await fail(world, code, "one", "L-one", address_is_bad=True, nobody_reached=True)
    assert (await world.ticket(code)).unrouted_reason == "no_one_reachable"


async def test_a_team_that_is_heard_again_is_asked_again(world: World):
    await world.team("one", metres=100)
    code = await world.ask()
    await fail(world, None, "one", "M-one", address_is_bad=True)
    await fail(world, code, "one", "L-one", address_is_bad=True, nobody_reached=True)
    world.clock.set_now(world.clock.now() + timedelta(minutes=10))
    await text_in(world, "note", world.clock.now(), person="L-one")
    await world.due.work()
    assert (await world.ticket(code)).status == "offered"


async def test_the_failure_of_an_offer_that_is_over_ends_no_later_offer(world: World):
    await world.team("one", metres=100)
    await world.team("two", metres=900)
    code = await world.ask()
    for minutes, team in ((5, "two"), (5, "one")):
        world.clock.set_now(world.clock.now() + timedelta(minutes=minutes))
        await world.act(code, Action.REASSIGNMENT, SUPERVISOR, team=team, reason="đổi tổ")
    first = (await offer_ids(world, code, "one"))[0]
    await fail(world, code, "one", None, nobody_reached=True, offer_id=first)  # the network's late word
    assert (await offers_of(world, code))[-1] == ("one", "open")


# Heard of late


async def test_an_objection_written_in_time_counts_however_late_it_is_read(world: World):
    await world.team("one", metres=100)
    code = await done(world, "one")
    wrote = world.clock.now() + timedelta(hours=71)
    world.clock.set_now(wrote + timedelta(hours=2))  # assign, or the bus, was away for two hours
    await text_in(world, "reopen", wrote, code=code, text="chưa được")
    assert (await world.ticket(code)).status == "reopened"


async def test_an_acceptance_written_in_time_meets_the_target_however_late_it_is_read(world: World):
    await world.team("one", metres=100)
    code = await world.ask()
    wrote = world.clock.now() + timedelta(minutes=30)
    world.clock.set_now(world.clock.now() + timedelta(hours=4))
    await text_in(world, "accept", wrote, code=code, person="L-one")
    ticket = await world.ticket(code)
    assert (ticket.status, ticket.response_breached_at) == ("accepted", None)


# Who is left out


async def test_who_gave_a_reopened_ticket_back_is_not_asked_again_by_silence(world: World):
    await world.team("one", metres=100)
    await world.team("two", metres=900)
    code = await done(world, "one")
    await world.act(code, Action.REOPENING, reason="chưa được")
    await world.act(code, Action.REFUSAL, member("one"), reason="no_skill")
    await world.at(world.clock.now() + timedelta(minutes=21))
    assert ("one", "open") not in await offers_of(world, code)


async def test_a_team_from_which_the_supervisor_took_it_is_not_asked_again_by_silence(world: World):
    for number, code in enumerate(("one", "two", "three")):
        await world.team(code, metres=100 + 700 * number)
    ticket = await world.ask()
    await world.act(ticket, Action.ACCEPTANCE, member("one"))
    await world.act(ticket, Action.REASSIGNMENT, SUPERVISOR, team="two", reason="tổ một bỏ việc")
    await world.at(world.clock.now() + timedelta(minutes=21))
    assert ("one", "open") not in await offers_of(world, ticket)


async def test_who_declined_what_was_written_down_wrongly_may_be_asked_by_silence(world: World):
    await world.team("one", metres=500)
    await world.team("two", metres=100)
    event = await world.request(category="device")
    await world.submit(event)
    for team in ("two", "one"):
        await world.act(event.code, Action.REFUSAL, member(team), reason="not_our_village")
    await correct(world, event, lat=12.6801, lon=108.05)
    await world.at(world.clock.now() + timedelta(minutes=21))
    assert {team for team, outcome in await offers_of(world, event.code) if outcome == "open"} == {"one", "two"}


# Small things


@pytest.mark.parametrize("said", ["\ufeff", "\x01"])
async def test_an_objection_with_nothing_to_be_seen_in_it_is_one(world: World, said: str):
    await world.team("one", metres=100)
    code = await done(world, "one")
    await world.reply("reopen", code, None, text=said)
    assert (await world.ticket(code)).status == "reopened"


async def test_what_was_corrected_while_it_was_over_is_known_when_it_is_opened_again(world: World):
    await world.team("one", metres=100)
    event = await world.request()
    await world.submit(event)
    await world.act(event.code, Action.CANCELLATION, OPERATOR, reason="gọi nhầm")
    await correct(world, event, category="device")
    await world.submit(await world.request(code=event.code, add_to=True))
    assert (await world.ticket(event.code)).category == "device"
