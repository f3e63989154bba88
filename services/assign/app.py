"""The assign service: where teams are, whom a request is put before, and what becomes of it."""

from pathlib import Path

from services.assign.base import TABLES
from services.assign.calendars import room as calendars
from services.assign.counting import room as counting
from services.assign.escalation import room as escalation
from services.assign.first_start import begin_once
from services.assign.offers import room as offers
from services.assign.places import api as places_api
from services.assign.policies import room as policies
from services.assign.reporting import room as reporting
from services.assign.teams.roster import api as roster_api
from services.assign.teams.sign_in import pages as sign_in_pages
from services.assign.teams.sign_in import simulator
from services.assign.teams.watchers import TeamWatchers
from services.assign.tickets import room as tickets
from shared.service import Service
from shared.settings import Settings
from shared.web.languages import words

HERE = Path(__file__).parent


def build(settings: Settings) -> Service:
    """Every room of assign, in one flat list."""
    service = Service("assign", settings, TABLES, uploads={"/api/v1/roster": roster_api.UPLOAD_LIMIT})
    words.add(HERE / "teams" / "words.toml")
    watchers = TeamWatchers()

    service.on_start(lambda: begin_once(service.store, settings, service.clock.now()))

    service.app.include_router(places_api.router(service.store))
    service.app.include_router(roster_api.router(service.store, service.clock, watchers))
    service.app.include_router(sign_in_pages.router(service.store, service.tokens, settings))
    if settings.simulator:
        service.app.include_router(simulator.router(service.store, settings))
    tickets.install(service, watchers)
    offers.install(service)
    escalation.install(service)
    reporting.install(service)
    counting.install(service)
    calendars.install(service)
    policies.install(service)
    return service
