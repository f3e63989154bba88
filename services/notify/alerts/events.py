"""What alerts listen to: requests, tickets and their clocks."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.notify.alerts import store
from services.notify.alerts.alert import Alert
from services.notify.alerts.drafting import alerts_of
from services.notify.alerts.rest import rings_at
from services.notify.alerts.telling import House, tell
from services.notify.catalogue.store import territories
from services.notify.contacts.store import listen_again, numbers_of, save_residents
from services.notify.tickets.store import end_offers, save_offers, save_tickets
from shared.clock import Clock
from shared.events import requests, tickets
from shared.events.envelope import Received
from shared.events.tickets import TicketEvent
from shared.store import Unit


class Listening:
    """Handlers of a batch each. A batch is one transaction, whatever kinds of events are in it."""

    def __init__(
        self, clock: Clock, house: House, known: Callable[[], None], later: Callable[[datetime], None]
    ) -> None:
        """Called after the commit: `known` when somebody is waited for no more, `later` with the time of what waits."""
        self._clock = clock
        self._house = house
        self._known = known
        self._later = later

    async def on_requests(
        self, unit: Unit, events: Sequence[Received[requests.Submitted | requests.Corrected]]
    ) -> None:
        """Remember who asked, and send each the code and the promise; a corrected number learns the code too."""
        before = await numbers_of(unit.connection, {e.data.request_id for e in events if _corrects(e)})
        await save_residents(unit, [event.data for event in events])
        if await store.anybody_waits(unit.connection):
            unit.after_commit(self._known)
        news = [
            e
            for e in events
            if not _corrects(e) or before.get(e.data.request_id, e.data.facts.phone) != e.data.facts.phone
        ]
        if not news:
            return
        where = await territories(unit.connection, {event.data.facts.commune for event in news})
        await listen_again(unit, {e.data.facts.phone: e.time for e in sorted(news, key=lambda e: e.time)})
        alerts = [alert for event in news for alert in alerts_of(event, where[event.data.facts.commune])]
        await tell(unit, alerts, self._clock.now(), self._house)

    async def on_tickets(self, unit: Unit, events: Sequence[Received[TicketEvent]]) -> None:
        """Copy what is news of tickets, and tell whom it concerns."""
        now = self._clock.now()
        await save_tickets(unit, [event.data for event in events])
        await save_offers(unit, [e.data for e in events if isinstance(e.data, tickets.Offered | tickets.Widened)])
        alerts = [alert for event in events for alert in alerts_of(event)]
        await tell(unit, [alert for alert in alerts if alert.to.kind not in ("alerted", "rest")], now, self._house)
        await self._put_off(unit, [alert for alert in alerts if alert.to.kind == "rest"], now)
        await self._end_offers(unit, [event.data for event in events], now)
        await tell(unit, [alert for alert in alerts if alert.to.kind == "alerted"], now, self._house)

    async def _put_off(self, unit: Unit, alerts: Sequence[Alert], now: datetime) -> None:
        rest = self._house.rest
        due = [
            (rings_at(max(now, alert.not_before or now), urgent=alert.about.urgent, after=rest.after), alert)
            for alert in alerts
            if alert.about.urgent or rest.most
        ]
        if due:
            await store.put_off(unit, due)
            soonest = min(at for at, _ in due)
            unit.after_commit(lambda: self._later(soonest))

    async def _end_offers(self, unit: Unit, events: Sequence[TicketEvent], now: datetime) -> None:
        ends = ended_offers(events)
        if ends:
            await end_offers(unit, ends)
            await store.withdraw_queued(unit, ends, now)


def _corrects(event: Received[requests.Submitted | requests.Corrected]) -> bool:
    return isinstance(event.data, requests.Corrected)


def ended_offers(events: Sequence[TicketEvent]) -> dict[tuple[str, str], int]:
    """By (ticket, team): the version at which its offer ended."""
    ends: dict[tuple[str, str], int] = {}
    for event in events:
        for team in _teams_of(event):
            ends[event.code, team] = max(event.version, ends.get((event.code, team), 0))
    return ends


def _teams_of(event: TicketEvent) -> Sequence[str]:
    if isinstance(event, tickets.Taken):
        return event.told
    if isinstance(event, tickets.Declined):
        return [event.declined_by]
    return [event.from_team] if isinstance(event, tickets.Reassigned) and event.from_team else []
