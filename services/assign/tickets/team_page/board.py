"""All that the page shows, read at once."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.places import store as places
from services.assign.teams import store as teams
from services.assign.tickets.tables import Ticket
from services.assign.tickets.team_page import store
from services.assign.tickets.team_page.shown import AskedCard, OwnCard, asked_card, own_card
from services.assign.tickets.team_page.store import Voices
from shared.identity import Principal

_NOBODY = Voices([], 0)


@dataclass(frozen=True, slots=True)
class Board:
    """A team's tickets in the order in which they matter."""

    team_name: str
    asked: list[AskedCard]
    own: list[OwnCard]
    done: list[Ticket]

    @property
    def is_cut(self) -> bool:
        """Whether there is more than one page shows."""
        return store.MOST in (len(self.asked), len(self.own))

    def has(self, code: str) -> bool:
        """Whether the ticket's card stands on the page."""
        return any(card.code == code for card in (*self.asked, *self.own))


async def read_board(connection: AsyncConnection, principal: Principal) -> Board:
    """What a member's team has before it."""
    team = principal.team or ""
    asked, own = await store.asked(connection, team), await store.in_hand(connection, team)
    codes = [*(one.ticket.code for one in asked), *(ticket.code for ticket in own)]
    voices = await store.voices(connection, codes)
    names = {member.id: member.full_name for member in await teams.members_of(connection, team)}
    units = await places.units_by_key(connection, {ticket.commune for ticket in own})
    words = await store.last_words(connection, [ticket.code for ticket in own])
    known = await teams.team_by_code(connection, team)
    return Board(
        team_name=known.name if known else "",
        asked=[asked_card(one, voices.get(one.ticket.code, _NOBODY)) for one in asked],
        own=[
            own_card(
                ticket,
                voices.get(ticket.code, _NOBODY),
                principal.id,
                names,
                units.get(ticket.commune),
                words.get(ticket.code),
            )
            for ticket in own
        ],
        done=await store.lately_done(connection, team),
    )
