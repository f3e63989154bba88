"""What tickets listen to: requests of intake, replies and failures of notify."""

from collections.abc import Sequence
from uuid import UUID

from services.assign.offers import store as offers
from services.assign.teams import events as teams
from services.assign.tickets import store
from services.assign.tickets.actions.asking import UNREACHED, ask_next
from services.assign.tickets.correcting import correct
from services.assign.tickets.joining import join
from services.assign.tickets.lifecycle import Status
from services.assign.tickets.opening import open_tickets
from services.assign.tickets.replying import reply
from services.assign.tickets.work import SYSTEM, Work
from shared.clock import Clock
from shared.events import messages, replies, requests
from shared.events.envelope import Received
from shared.store import Unit


class TicketListener:
    """Handlers of one batch each, within the batch's unit of work."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def on_submitted(self, unit: Unit, events: Sequence[Received[requests.Submitted]]) -> None:
        """New requests become tickets; what joins one is added to it. A request known already changes nothing."""
        now = self._clock.now()
        known = await store.known(unit.connection, {event.data.code for event in events})
        first: dict[str, Received[requests.Submitted]] = {}
        for event in events:
            if not event.data.add_to and event.data.code not in known:
                first.setdefault(event.data.code, event)
        if first:
            await open_tickets(unit, list(first.values()), now)
        opened = {event.data.request_id for event in first.values()}
        for event in events:
            if event.data.request_id not in opened:
                await join(unit, event.data, now)

    async def on_corrected(self, unit: Unit, events: Sequence[Received[requests.Corrected]]) -> None:
        for event in events:
            await correct(unit, event.data, self._clock.now())

    async def on_reply(self, unit: Unit, events: Sequence[Received[replies.Received]]) -> None:
        for event in events:
            await self._heard_from(unit, event.data)
            await reply(unit, event.data, self._clock.now())

    async def on_failed(self, unit: Unit, events: Sequence[Received[messages.Failed]]) -> None:
        """A number that does not work; and where nobody of a team could be reached, the offer widens at once."""
        await teams.on_failed(unit, events)
        for failed in (event.data for event in events):
            if failed.nobody_reached and failed.team:
                for code in failed.codes:
                    await self._unreached(unit, code, failed.team, failed.offer_id)

    async def _heard_from(self, unit: Unit, received: replies.Received) -> None:
        """Who writes can be reached: their team may be asked again."""
        if received.person and received.command != "stop":
            now = self._clock.now()
            if team := await teams.resume_member(unit, received.person, now):
                await offers.look_again(unit, [team], now)

    async def _unreached(self, unit: Unit, code: str, team: str, offer: UUID | None) -> None:
        """The team's offer of which nobody could be told; a later one of the same team stays."""
        ticket = await store.take(unit, code)
        if ticket is None or ticket.status != Status.OFFERED:
            return
        now = self._clock.now()
        ended = await offers.end_offers(unit, code, "withdrawn", now, only=team, reason=UNREACHED, offer=offer)
        if ended:
            await offers.count(unit, ended, offers=-1)
            work = Work(unit, ticket, SYSTEM, now)
            await ask_next(work, "unreached")
            await work.save()
