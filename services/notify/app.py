"""notify: contacts, alerts, messages, channels, replies."""

from collections.abc import Sequence
from datetime import timedelta

from services.notify.alerts.events import Listening as AlertsListening
from services.notify.alerts.later import LaterAlerts
from services.notify.alerts.rest import Rest
from services.notify.alerts.telling import House
from services.notify.alerts.waiting import WaitingAlerts
from services.notify.answer_pages.making import Pages
from services.notify.answer_pages.pages import router as answer_pages
from services.notify.asking.events import Listening as AskingListening
from services.notify.asking.hearing import Hearing
from services.notify.asking.waiting import WaitingAnswers
from services.notify.base import TABLES
from services.notify.catalogue.events import on_categories, on_units, on_villages
from services.notify.channels.fitting import Fitted, first_choices, fit_all
from services.notify.channels.phones_api import phones_router
from services.notify.channels.phones_pages import phones_pages
from services.notify.contacts.events import Listening as ContactsListening
from services.notify.costs.api import costs_router
from services.notify.costs.purse import Purse
from services.notify.inbound import HouseInbound
from services.notify.linking.api import links_router
from services.notify.linking.linking import Linking
from services.notify.messages.api import router as messages_api
from services.notify.messages.channel_watch import Watch
from services.notify.messages.channels_api import channels_api
from services.notify.messages.channels_pages import channels_pages
from services.notify.messages.gone import AGAIN_S, GoneChannels
from services.notify.messages.missing import MissingReceipts
from services.notify.messages.pages import router as messages_pages
from services.notify.messages.sender import House as SenderHouse
from services.notify.messages.sender import Sender
from services.notify.messages.sums_pages import sums_pages
from services.notify.messages.ways import Ways
from services.notify.receipts.receive import Receipts, WaitingReceipts
from services.notify.replies.events import Listening as RepliesListening
from services.notify.replies.receive import Replies
from shared.cycle import Cycle
from shared.events import people, places, requests, tickets
from shared.service import Service
from shared.settings import Settings

_TICKETS = (
    tickets.Offered,
    tickets.Widened,
    tickets.Accepted,
    tickets.Declined,
    tickets.Taken,
    tickets.Started,
    tickets.Waiting,
    tickets.Resumed,
    tickets.HandedOver,
    tickets.Resolved,
    tickets.Closed,
    tickets.Reopened,
    tickets.Cancelled,
    tickets.Reassigned,
    tickets.Corrected,
    tickets.Escalated,
    tickets.Unrouted,
    tickets.Warned,
)


def build(settings: Settings) -> Service:
    """The service with all its rooms."""
    service = Service("notify", settings, TABLES)
    senders: list[Cycle] = []
    ways = Ways(wake=lambda: _wake(senders))
    pages = Pages(settings.public_url, settings.secret_key, settings.sms_number)
    ways.reword, ways.number = pages.reword, pages.number
    house = House(
        channels=first_choices(settings),
        diacritics=settings.sms_diacritics,
        hotline=settings.hotline,
        rest=Rest(timedelta(seconds=settings.offer_rest_after_s), settings.offer_rest_most),
        wake=ways.wake,
        ways=ways,
        pages=pages,
    )
    waiting = service.cycle("waiting-alerts", WaitingAlerts(service.store, service.clock, house).work)
    later = service.cycle("later-alerts", LaterAlerts(service.store, service.clock, house).work)
    linking = Linking(settings, house)
    replies = _replies(service, house, linking)
    purse = Purse(service.store, service.clock)
    receipts = Receipts(service.clock, ways, purse)
    fitted = fit_all(service, HouseInbound(receipts, replies))
    ways.open(one.channel for one in fitted)
    linking.know([one.channel for one in fitted])
    service.app.state.ways = ways
    shared = SenderHouse(service.store, service.clock, ways, receipts.match, purse)
    senders += [service.cycle(f"sender-{one.channel.name}", Sender(one.channel, shared).work) for one in fitted]
    gone = GoneChannels(service.store, service.clock, ways, house.channels)
    service.cycle("gone-channels", gone.work, net_s=AGAIN_S)
    service.cycle("missing-receipts", MissingReceipts(service.store, service.clock, ways).work)
    service.cycle("waiting-receipts", WaitingReceipts(service.store, service.clock, ways, purse).work)
    _listen(service, house, waiting, later, replies)
    service.app.include_router(links_router(linking))
    _watch_channels(service, fitted)
    service.app.include_router(messages_api)
    service.app.include_router(costs_router(purse))
    service.app.include_router(messages_pages)
    service.app.include_router(sums_pages(fitted))
    service.app.include_router(answer_pages)
    if settings.simulator:
        service.app.include_router(phones_router(replies))
        service.app.include_router(phones_pages(replies))
    return service


def _replies(service: Service, house: House, linking: Linking) -> Replies:
    """What people write, and conversations with those who ask for help."""
    waiting: list[Cycle] = []
    hearing = Hearing(waits=lambda: _wake(waiting))
    replies = Replies(house, linking.hear, hearing)
    answers = WaitingAnswers(service.store, service.clock, hearing, replies)
    waiting.append(service.cycle("waiting-answers", answers.work))
    return replies


def _watch_channels(service: Service, fitted: Sequence[Fitted]) -> None:
    watch = Watch(fitted)
    service.on_start(watch.start)
    service.on_stop(watch.stop)
    service.app.include_router(channels_api(fitted, watch))
    service.app.include_router(channels_pages(fitted, watch))


def _wake(cycles: Sequence[Cycle]) -> None:
    for cycle in cycles:
        cycle.wake()


def _listen(service: Service, house: House, waiting: Cycle, later: Cycle, replies: Replies) -> None:
    alerts = AlertsListening(service.clock, house, waiting.wake, later.expect)
    contacts = ContactsListening(waiting.wake)
    answers = RepliesListening(service.clock, replies)
    asking = AskingListening(service.clock, replies)
    service.bus.listen(
        "places",
        {
            places.UnitChanged: on_units,
            places.VillageChanged: on_villages,
            places.CategoryChanged: on_categories,
        },
    )
    service.bus.listen("people", {people.Changed: contacts.on_changed, people.Removed: contacts.on_removed})
    service.bus.listen(
        "requests",
        {
            requests.Submitted: alerts.on_requests,
            requests.Corrected: alerts.on_requests,
            requests.Refused: asking.on_refused,
        },
    )
    service.bus.listen("tickets", {**dict.fromkeys(_TICKETS, alerts.on_tickets), tickets.Answered: answers.on_answered})
