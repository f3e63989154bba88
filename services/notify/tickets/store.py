"""Every query about notify's copy of tickets and their offers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.notify.base import one_of
from services.notify.tickets.tables import Offer, OfferEnd, Ticket
from shared.events import tickets
from shared.events.tickets import TicketEvent
from shared.store import Unit

_FIELDS = tuple(field for field in Ticket.model_fields if field != "code")


async def save_tickets(unit: Unit, events: Sequence[TicketEvent]) -> None:
    """Keep the newest version of each ticket."""
    newest: dict[str, TicketEvent] = {}
    for event in events:
        if event.code not in newest or event.version >= newest[event.code].version:
            newest[event.code] = event
    statement = insert(Ticket)
    newer = statement.on_conflict_do_update(
        index_elements=[col(Ticket.code)],
        set_={field: statement.excluded[field] for field in _FIELDS},
        where=statement.excluded.version >= col(Ticket.version),
    )
    await unit.execute(newer, [_row(newest[code]) for code in sorted(newest)])


def _row(event: TicketEvent) -> dict[str, object]:
    place = event.place
    return {
        "code": event.code,
        "version": event.version,
        "at": event.at,
        "status": event.status,
        "category": event.category,
        "urgent": event.urgent,
        "province": place.province,
        "village_name": place.village_name,
        "former_commune": place.former_commune,
        "commune_name": place.commune_name,
        "unit_path": event.unit_path,
        "response_due": event.response_due,
        "resolution_due": event.resolution_due,
        "team": event.team,
        "team_name": event.team_name,
        "member": event.member,
    }


async def save_offers(unit: Unit, events: Sequence[tickets.Offered | tickets.Widened]) -> None:
    """Note which teams were asked."""
    rows = [
        {"offer_id": offer.offer_id, "code": event.code, "team": offer.team, "version": event.version}
        for event in events
        for offer in event.offers
    ]
    if rows:
        await unit.execute(insert(Offer).on_conflict_do_nothing(), rows)


async def end_offers(unit: Unit, ends: dict[tuple[str, str], int]) -> None:
    """Offers of (ticket, team) made before a version are open no more."""
    statement = insert(OfferEnd)
    later = statement.on_conflict_do_update(
        index_elements=[col(OfferEnd.code), col(OfferEnd.team)],
        set_={"version": func.greatest(col(OfferEnd.version), statement.excluded.version)},
    )
    rows = [{"code": code, "team": team, "version": version} for (code, team), version in sorted(ends.items())]
    await unit.execute(later, rows)


async def tickets_of(connection: AsyncConnection, codes: Iterable[str]) -> dict[str, Ticket]:
    """Copies by code."""
    statement = select(*(col(getattr(Ticket, field)) for field in Ticket.model_fields)).where(
        one_of(col(Ticket.code), codes)
    )
    return {row.code: Ticket(**row._mapping) for row in await connection.execute(statement)}


async def open_offers_of(connection: AsyncConnection, codes: Iterable[str]) -> list[tuple[str, str]]:
    """(ticket, team) of every offer that has not ended."""
    statement = (
        select(col(Offer.code), col(Offer.team))
        .outerjoin(OfferEnd, (col(OfferEnd.code) == col(Offer.code)) & (col(OfferEnd.team) == col(Offer.team)))
        .where(one_of(col(Offer.code), codes), func.coalesce(col(OfferEnd.version), 0) <= col(Offer.version))
        .distinct()
        .order_by(col(Offer.code), col(Offer.team))
    )
    return [(code, team) for code, team in await connection.execute(statement)]


async def still_asking(connection: AsyncConnection, offers: Iterable[UUID]) -> set[UUID]:
    """Those of these offers that a member of their team may still take."""
    ended = (col(OfferEnd.code) == col(Offer.code)) & (col(OfferEnd.team) == col(Offer.team))
    statement = (
        select(col(Offer.offer_id))
        .join(Ticket, col(Ticket.code) == col(Offer.code))
        .outerjoin(OfferEnd, ended)
        .where(
            one_of(col(Offer.offer_id), offers),
            col(Offer.nobody_reached_at).is_(None),
            func.coalesce(col(OfferEnd.version), 0) <= col(Offer.version),
            col(Ticket.status).in_(("new", "offered")),
        )
    )
    return set((await connection.execute(statement)).scalars())


async def lock_offers(unit: Unit, offers: Sequence[UUID]) -> None:
    """Judge these offers' messages one sender at a time."""
    statement = select(col(Offer.offer_id)).where(one_of(col(Offer.offer_id), offers)).order_by(col(Offer.offer_id))
    await unit.execute(statement.with_for_update())


async def note_nobody_reached(unit: Unit, offers: Sequence[UUID], at: datetime) -> set[UUID]:
    """Note that nobody of a team could be told; returns the offers for which it was not known before."""
    statement = (
        update(Offer)
        .where(one_of(col(Offer.offer_id), offers), col(Offer.nobody_reached_at).is_(None))
        .values(nobody_reached_at=at)
        .returning(col(Offer.offer_id))
    )
    return set((await unit.execute(statement)).scalars())
