"""The intake service: requests come in, residents follow them, operators file for callers."""

from datetime import datetime

from services.intake import front
from services.intake.base import TABLES
from services.intake.catalogue import api as catalogue_api
from services.intake.catalogue import events as catalogue_events
from services.intake.catalogue.holder import LOOK_S, Holder
from services.intake.catalogue.memory import Catalogue
from services.intake.limits import forget_tallies
from services.intake.operator import pages as operator_pages
from services.intake.operator.screen import Screen
from services.intake.requests import api as requests_api
from services.intake.requests import pages as requests_pages
from services.intake.requests.desk import Desk
from services.intake.requests.sent import SentPage
from services.intake.requests.store import forget_keys
from services.intake.requests.texted import TextedRequests
from services.intake.tracking import api as tracking_api
from services.intake.tracking import events as tracking_events
from services.intake.tracking import pages as tracking_pages
from services.intake.tracking.acting import Acting
from services.intake.tracking.assign import Assign
from shared.events.replies import AskedForHelp
from shared.service import Service
from shared.settings import Settings


def build(settings: Settings) -> Service:
    """Every room of intake, in one flat list."""
    service = Service("intake", settings, TABLES)
    catalogue = Catalogue()
    holder = Holder(service.store, catalogue)
    desk = Desk(service, catalogue)
    assign = Assign(settings.assign_url)
    acting = Acting(service, desk, assign)
    service.on_stop(assign.close)

    service.on_start(holder.catch_up)
    looking = service.cycle("catalogue", holder.look, LOOK_S)
    service.cycle("forgetting", lambda: _forget(service), 60.0)

    service.bus.listen("places", catalogue_events.handlers(looking.wake))
    service.bus.listen("people", tracking_events.people_handlers())
    service.bus.listen("tickets", tracking_events.ticket_handlers())
    service.bus.listen("replies", {AskedForHelp: TextedRequests(catalogue, service.clock).on_asked})

    service.app.include_router(front.router(service, catalogue))
    service.app.include_router(catalogue_api.router(catalogue, service.clock))
    requests_api.install(service.app, desk, service.clock, settings.public_url)
    service.app.include_router(tracking_api.router(service))
    service.app.include_router(requests_pages.router(service, catalogue, desk))
    service.app.include_router(tracking_pages.router(service, acting, SentPage(service, catalogue)))
    service.app.include_router(operator_pages.router(service, desk, Screen(service, catalogue, assign), assign))
    return service


async def _forget(service: Service) -> datetime | None:
    """Delete keys and tallies whose time is over."""
    async with service.store.begin() as unit:
        now = service.clock.now()
        await forget_keys(unit, now)
        await forget_tallies(unit, now)
    return None
