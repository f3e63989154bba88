"""`tickets.*` keep each ticket's state and timeline, `people.*` the members who may appear on a page."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.intake.tracking import story
from services.intake.tracking.store import SURELY_LATER, add_to_timeline, keep_declined, keep_people, keep_status
from shared.events import Event, Received, people
from shared.events.tickets import Declined, TicketEvent
from shared.store import Unit

Handler = Callable[[Unit, Sequence[Received[Any]]], Awaitable[None]]


def ticket_handlers() -> Mapping[type[Event], Handler]:
    """What intake does with each event of the stream `tickets`."""
    return dict.fromkeys((*story.TOLD, *story.SILENT), _follow)


def people_handlers() -> Mapping[type[Event], Handler]:
    """What intake does with each event of the stream `people`."""
    return {people.Changed: _remember, people.Removed: _forget}


async def _follow(unit: Unit, events: Sequence[Received[TicketEvent]]) -> None:
    newest: dict[str, TicketEvent] = {}
    for event in (each.data for each in events):
        if event.code not in newest or _is_newer(event, newest[event.code]):
            newest[event.code] = event
    await keep_status(unit, [_state(event) for event in newest.values()])
    if told := [each for each in events if story.is_told(each.data)]:
        await add_to_timeline(unit, [_entry(each) for each in told])
    if declined := [_declined(each.id, each.data) for each in events if isinstance(each.data, Declined)]:
        await keep_declined(unit, declined)


def _is_newer(event: TicketEvent, known: TicketEvent) -> bool:
    return event.version > known.version or event.at - known.at > SURELY_LATER


def _state(event: TicketEvent) -> dict[str, Any]:
    return {
        "code": event.code,
        "version": event.version,
        "status": event.status,
        "category": event.category,
        "team": event.team,
        "team_name": event.team_name,
        "member": event.member,
        "response_due": event.response_due,
        "resolution_due": event.resolution_due,
        "changed_at": event.at,
    }


def _entry(received: Received[TicketEvent]) -> dict[str, Any]:
    event = received.data
    return {
        "id": received.id,
        "code": event.code,
        "version": event.version,
        "at": event.at,
        "event": story.name(event),
        "facts": story.facts(event),
    }


def _declined(id: UUID, event: Declined) -> dict[str, Any]:
    return {"id": id, "code": event.code, "version": event.version, "at": event.at, "team": event.declined_by}


async def _remember(unit: Unit, events: Sequence[Received[people.Changed]]) -> None:
    newest: dict[str, people.Changed] = {}
    for event in (each.data for each in events if each.data.kind == "member"):
        if event.person_id not in newest or newest[event.person_id].revision < event.revision:
            newest[event.person_id] = event
    if newest:
        await keep_people(unit, [_person(event) for event in newest.values()])


def _person(event: people.Changed) -> dict[str, Any]:
    return {
        "id": event.person_id,
        "revision": event.revision,
        "full_name": event.full_name,
        "shown_phone": event.shown_phone,
        "team": event.team,
        "team_name": event.team_name,
    }


async def _forget(unit: Unit, events: Sequence[Received[people.Removed]]) -> None:
    gone = {each.data.person_id: each.data.revision for each in sorted(events, key=lambda each: each.data.revision)}
    nothing = {"full_name": "", "shown_phone": None, "team": None, "team_name": None}
    await keep_people(unit, [{"id": person, "revision": revision, **nothing} for person, revision in gone.items()])
