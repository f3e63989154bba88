"""The room of tickets: its routes and what it listens to."""

from collections.abc import Sequence

from services.assign.offers import store as offers
from services.assign.teams.watchers import TeamWatchers
from services.assign.tickets import api
from services.assign.tickets.events import TicketListener
from services.assign.tickets.team_page import pages as team_pages
from shared.events import messages, replies, requests
from shared.service import Service
from shared.store import Unit


def install(service: Service, watchers: TeamWatchers) -> None:
    """Listen, answer, and look again at waiting tickets when teams change."""
    listener = TicketListener(service.clock)

    async def look_again(unit: Unit, codes: Sequence[str]) -> None:
        await offers.look_again(unit, codes, service.clock.now())

    watchers.add(look_again)
    service.bus.listen(
        "requests", {requests.Submitted: listener.on_submitted, requests.Corrected: listener.on_corrected}
    )
    service.bus.listen("replies", {replies.Received: listener.on_reply})
    service.bus.listen("messages", {messages.Failed: listener.on_failed})
    service.app.include_router(api.router)
    service.app.include_router(team_pages.router)
