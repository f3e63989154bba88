"""A reply by SMS is applied under the same rules as a press of a button."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.teams.events import stop_member
from services.assign.teams.store import member_by_id
from services.assign.tickets import store
from services.assign.tickets.actions import Forbidden, NotPossible
from services.assign.tickets.actions.ground import Asker, Body
from services.assign.tickets.actions.refusal import Refusal
from services.assign.tickets.actions.resolution import Rating, Reopening, Resolution
from services.assign.tickets.asking import RESIDENT
from services.assign.tickets.doing import asking, do_within
from services.assign.tickets.lifecycle import Action, Status
from services.assign.tickets.tables import Ticket
from services.assign.tickets.work import Work
from shared.events import replies, tickets
from shared.events.tickets import Actor
from shared.identity import Principal, Role
from shared.store import Unit
from shared.web.values import clean_text

AT_ONCE = timedelta(seconds=30)
"""What takes no longer from a phone to here is judged by when it is here."""
NO_REASON = "Trả lời bằng tin nhắn"
"""Stands in the history where somebody reopened by SMS without a word of why."""


async def reply(unit: Unit, received: replies.Received, now: datetime) -> None:
    """Do what the reply asks; where it cannot be done, its sender is told (`tickets.answered`)."""
    if received.command == "stop":
        if received.person:
            await stop_member(unit, received.person, now)
        return
    if received.code is None:
        return
    try:
        async with unit.attempt():
            await _apply(unit, received, received.code, now)
    except NotPossible:
        await _answer(unit, received, received.code, now, "not_possible")
    except Forbidden:
        await _answer(unit, received, received.code, now, "not_yours")


async def _apply(unit: Unit, received: replies.Received, code: str, now: datetime) -> None:
    wrote_at = await _wrote_at(unit, received, code, now)
    if received.person is None:
        await _as_resident(unit, received, code, now, wrote_at)
        return
    person = await member_by_id(unit.connection, received.person)
    if person is None:
        raise Forbidden
    principal = Principal(role=Role.MEMBER, id=person.id, team=person.team_code)
    steps = {"accept": [Action.ACCEPTANCE], "decline": [Action.REFUSAL], "resolve": await _to_resolve(unit, code)}
    for action in steps.get(received.command, []):
        ask = asking(principal, action, None)
        await do_within(unit, code, action, _body(action, received), ask, now, wrote_at=wrote_at)


async def _wrote_at(unit: Unit, received: replies.Received, code: str, now: datetime) -> datetime | None:
    """When it was written, if that is a while ago; never before what happened to the ticket last."""
    if received.at > now - AT_ONCE or await store.take(unit, code) is None:
        return None
    last = await store.last_changed_at(unit.connection, code)
    return max(received.at, last) if last else received.at


async def _to_resolve(unit: Unit, code: str) -> list[Action]:
    """XONG accepts first if need be."""
    ticket = await store.find(unit.connection, code)
    accepts = [Action.ACCEPTANCE] if ticket and ticket.status == Status.OFFERED else []
    return [*accepts, Action.RESOLUTION]


async def _as_resident(
    unit: Unit, received: replies.Received, code: str, now: datetime, wrote_at: datetime | None
) -> None:
    action = {"reopen": Action.REOPENING, "rate": Action.RATING}.get(received.command)
    if action is None:
        raise Forbidden

    async def ask(connection: AsyncConnection, _: Ticket, __: Sequence[str]) -> Asker | None:
        theirs = {request.phone for request in await store.requests_of(connection, code)}
        return RESIDENT if received.phone in theirs else None

    await do_within(unit, code, action, _body(action, received), ask, now, wrote_at=wrote_at)


def _body(action: Action, received: replies.Received) -> Body:
    text = clean_text(received.text[:500])
    match action:
        case Action.REFUSAL:
            return Refusal(reason="other" if text else "busy", note=text or None)
        case Action.RESOLUTION:
            return Resolution(outcome="solved", note=text or None)
        case Action.REOPENING:
            return Reopening(reason=text or NO_REASON)
        case Action.RATING:
            return Rating(stars=received.stars or 5)
        case _:
            return Body()


async def _answer(
    unit: Unit, received: replies.Received, code: str, now: datetime, outcome: Literal["not_possible", "not_yours"]
) -> None:
    ticket = await store.take(unit, code)
    if ticket is None:
        return
    taken = outcome == "not_possible" and received.command == "accept" and ticket.team is not None
    work = Work(unit, ticket, Actor(kind="member" if received.person else "resident", id=received.person), now)
    work.tell(
        tickets.Answered,
        reply_id=received.reply_id,
        person=received.person,
        command=received.command,
        outcome="taken" if taken else outcome,
    )
    await work.save()
