"""In which part somebody asks for something on a ticket. Territory first: what one may not see does not exist."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.offers.tables import Offer
from services.assign.reading import one
from services.assign.teams.tables import Member
from services.assign.tickets.actions.ground import Asker, WrongValue
from services.assign.tickets.lifecycle import Who
from services.assign.tickets.tables import Ticket
from shared.events.tickets import Actor
from shared.identity import Principal, Role, may_see
from shared.store.lean import fetch

_ON_DUTY = "select from member where id = $1 and team_code = $2 and not retired"
RESIDENT = Asker(Actor(kind="resident"), frozenset({Who.RESIDENT}))


async def is_on_duty(connection: AsyncConnection, principal: Principal) -> bool:
    """A member's session outlives their time in the team; what they may read and do does not."""
    return principal.role is not Role.MEMBER or bool(await fetch(connection, _ON_DUTY, principal.id, principal.team))


def sees(principal: Principal, ticket: Ticket, asked: Sequence[str]) -> bool:
    """Whether the ticket exists for somebody: by territory, or because the own team holds it or was asked."""
    return may_see(principal, ticket.unit_path, [*asked, *([ticket.team] if ticket.team else [])])


async def teams_asked(connection: AsyncConnection, code: str) -> list[str]:
    """Codes of all teams that ever had an offer of the ticket."""
    return list((await connection.execute(select(col(Offer.team)).where(col(Offer.code) == code).distinct())).scalars())


async def asker_for(
    connection: AsyncConnection, principal: Principal, ticket: Ticket, asked: Sequence[str], named_member: str | None
) -> Asker | None:
    """Who asks, in all their parts; None where the ticket does not exist for them. WrongValue for an unknown member."""
    if not sees(principal, ticket, asked):
        return None
    if principal.role is Role.MEMBER:
        if not await is_on_duty(connection, principal):
            return None
        actor = Actor(kind="member", id=principal.id)
        return Asker(actor, _member_parts(ticket, asked, principal.team), principal.team, principal.id)
    if principal.role is Role.OPERATOR:
        return Asker(Actor(kind="operator", id=principal.id), frozenset({Who.OPERATOR}))
    actor = Actor(kind="supervisor" if principal.role is Role.SUPERVISOR else "administrator", id=principal.id)
    if not named_member:
        return Asker(actor, frozenset({Who.SUPERVISOR}))
    member = await _member(connection, named_member)
    return Asker(actor, _member_parts(ticket, asked, member.team_code) | {Who.SUPERVISOR}, member.team_code, member.id)


def _member_parts(ticket: Ticket, asked: Sequence[str], team: str | None) -> frozenset[Who]:
    parts = {Who.ASKED} if team in asked else set[Who]()
    if team is not None and team == ticket.team:
        parts.add(Who.OWNER)
    return frozenset(parts)


async def _member(connection: AsyncConnection, id: str) -> Member:
    found = await one(connection, Member, select(Member).where(col(Member.id) == id, col(Member.retired).is_(False)))
    if found is None:
        raise WrongValue("member", "tickets.unknown_member")
    return found
