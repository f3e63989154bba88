"""Nobody needs to come any more; or a supervisor puts it before another team."""

from pydantic import Field
from sqlalchemy import select
from sqlmodel import col

from services.assign.offers import store as offers
from services.assign.offers.widening import hours_of, ring_at, widen_at
from services.assign.sla.promised import Promised
from services.assign.teams.tables import Team
from services.assign.tickets.actions.ground import (
    Asker,
    Body,
    NotPossible,
    WrongValue,
    end_pause,
    leave_out,
    open_offers,
    release,
    withdraw,
)
from services.assign.tickets.holding import is_orphaned, let_go
from services.assign.tickets.lifecycle import OWNED, Status
from services.assign.tickets.opening import begin_round
from services.assign.tickets.work import Work
from shared.events import tickets
from shared.store import new_id
from shared.vietnam.distances import metres_between
from shared.web.values import FilledText


class Cancellation(Body):
    """Why."""

    reason: FilledText = Field(max_length=500)


class Reassignment(Body):
    """The team that is to have it, and why."""

    team: str
    reason: FilledText = Field(max_length=500)


async def cancel(work: Work, _: Asker, body: Cancellation) -> None:
    ticket = work.ticket
    told = await withdraw(work)
    if ticket.status in OWNED:
        await release(work, ticket.team)
    if ticket.status == Status.WAITING:  # else it would be judged by a due time that it had no more
        end_pause(ticket, work.now)
    ticket.status, ticket.ended_at = Status.CANCELLED, work.now
    ticket.widen_at, ticket.seeking = None, False
    work.tell(tickets.Cancelled, note=body.reason)
    if told:
        work.tell(tickets.Taken, told=told, why="cancelled")


async def reassign(work: Work, _: Asker, body: Reassignment) -> None:
    """Withdraw the open offers and put one before the named team, whatever it holds."""
    team = await _team(work, body.team)
    is_owned = work.ticket.status in OWNED
    held_by = {work.ticket.team} if is_owned else {offer.team for offer in await open_offers(work)}
    if held_by == {team.code} and not (is_owned and await is_orphaned(work)):
        raise NotPossible
    told = await withdraw(work)
    from_team = await _leave_owner(work)
    work.tell(tickets.Reassigned, note=body.reason, from_team=from_team, to_team=team.code)
    await _offer_to(work, team)
    if told := [code for code in told if code != team.code]:
        work.tell(tickets.Taken, told=told, why="reassigned")


async def _team(work: Work, code: str) -> Team:
    found = (
        (await work.unit.execute(select(Team).where(col(Team.code) == code, col(Team.retired).is_(False))))
        .mappings()
        .first()
    )
    if found is None:
        raise WrongValue("team", "tickets.unknown_team")
    return Team(**found)


async def _leave_owner(work: Work) -> str | None:
    ticket = work.ticket
    if ticket.status not in OWNED:
        return None
    owner = ticket.team
    await release(work, owner)
    if ticket.status == Status.WAITING:
        end_pause(ticket, work.now)
    leave_out(ticket, owner)
    let_go(ticket)
    return owner


async def _offer_to(work: Work, team: Team) -> None:
    ticket, promised, hours = work.ticket, Promised.from_dict(work.ticket.policy), hours_of(team.hours)
    metres = metres_between(ticket.lat, ticket.lon, team.lat, team.lon)
    offer = tickets.OfferFacts(
        offer_id=new_id(),
        team=team.code,
        team_name=team.name,
        metres=round(metres, 1),
        ring_at=ring_at(promised, hours, work.now),
    )
    row = {"id": offer.offer_id, "code": ticket.code, "team": team.code, "team_name": team.name, "metres": offer.metres}
    load = team.accepted + team.open_offers * 0.5
    await offers.add_offers(
        work.unit, [row | {"open": load, "at": work.now, "ring_at": offer.ring_at, "outcome": "open"}]
    )
    await offers.count(work.unit, [team.code], offers=1, asked_at=work.now)
    ticket.status, ticket.unrouted_reason, ticket.seeking = Status.OFFERED, None, False
    ticket.left_out = [code for code in ticket.left_out if code != team.code]
    begin_round(ticket)
    ticket.widen_at = widen_at(promised, hours, work.now)
    work.tell(tickets.Offered, offers=[offer])
