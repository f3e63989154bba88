"""What a failure for good sets in motion: the next way out, a number known as bad, news that nobody was reached.

The same whether the channel refused at once or said so later by a receipt.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.notify.channels.channel import AddressKind
from services.notify.contacts.store import mark_bad, mark_linked_bad
from services.notify.messages.publishing import publish_failed
from services.notify.messages.store.claiming import Claimed
from services.notify.messages.store.going_on import continue_on
from services.notify.messages.store.recording import offers_with_hope
from services.notify.messages.ways import Ways
from services.notify.tickets.store import note_nobody_reached
from shared.store import Unit


async def go_on(unit: Unit, messages: Sequence[Claimed], ways: Ways, now: datetime) -> None:
    """Send each by its next way out, where there is one."""
    for message in messages:
        if way := ways.left(message.further_channels):
            text = await ways.reword(unit, message, ways.by_name[way])
            await continue_on(unit, message, way, text, now)
            unit.after_commit(ways.wake)


async def addresses_are_bad(unit: Unit, messages: Sequence[Claimed], kind: AddressKind) -> set[UUID]:
    """Nobody is at the addresses of these messages; returns those that say so of somebody's number of today."""
    if kind == "phone":
        marked = await mark_bad(unit, [(message.person, message.phone) for message in messages if message.person])
        return {message.id for message in messages if message.person is None or message.person in marked}
    for message in messages:
        await mark_linked_bad(unit, kind, message.phone, message.address)
    return set()


async def tell_failed(
    unit: Unit, messages: Sequence[Claimed], reasons: Mapping[UUID, str], bad_phones: set[UUID], now: datetime
) -> None:
    """Publish failures; the last one of an offer to a team says that nobody was reached."""
    offers = {message.offer_id for message in messages if message.offer_id}
    hopeless: set[UUID] = set()
    if offers:
        hopeless = offers - await offers_with_hope(unit.connection, offers)
        hopeless = await note_nobody_reached(unit, sorted(hopeless), now) if hopeless else set()
    for message in messages:
        nobody = message.offer_id in hopeless
        hopeless.discard(message.offer_id or message.id)
        bad = message.id in bad_phones
        publish_failed(unit, message, reasons[message.id], now, address_is_bad=bad, nobody_reached=nobody)
