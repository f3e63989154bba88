"""Whether somebody is there to go on with a ticket: people leave, teams are given up."""

from services.assign.teams import store as teams
from services.assign.tickets.tables import Ticket
from services.assign.tickets.work import Work


async def team_to_go_on(work: Work) -> str | None:
    """Its team, where anybody is there; where its member has left, the leader has it from here on."""
    ticket, connection = work.ticket, work.unit.connection
    if ticket.team is None or await teams.team_by_code(connection, ticket.team) is None:
        return None
    on_duty = [member.id for member in await teams.members_of(connection, ticket.team)]
    if on_duty and ticket.member not in on_duty:
        ticket.member = on_duty[0]
    return ticket.team if on_duty else None


async def is_orphaned(work: Work) -> bool:
    """Whether the member who has it has left the team."""
    ticket = work.ticket
    on_duty = await teams.members_of(work.unit.connection, ticket.team) if ticket.team else []
    return ticket.member not in {member.id for member in on_duty}


def let_go(ticket: Ticket) -> None:
    """Nobody has it any more."""
    ticket.team = ticket.team_name = ticket.member = ticket.word = None
