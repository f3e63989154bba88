"""Receipts have their effect on messages: judged by `rules`, written down, told to the house."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.notify.contacts.store import mark_good
from services.notify.costs.purse import Purse
from services.notify.messages.failing import addresses_are_bad, go_on, tell_failed
from services.notify.messages.publishing import publish_taken
from services.notify.messages.store.claiming import Claimed
from services.notify.messages.store.going_on import withdraw_goings_on
from services.notify.messages.store.recording import expect_receipt
from services.notify.messages.ways import Ways
from services.notify.receipts import store
from services.notify.receipts.rules import Step, decisive, step
from services.notify.receipts.store import Matched
from services.notify.telemetry import count
from services.notify.tickets.store import lock_offers
from shared.store import Unit

Judged = tuple[Claimed, Matched]
_NOT_KNOWN_AS_SENT = frozenset({"queued", "expired"})
"""States of messages that nobody has paid for: a receipt says that they had left after all."""


async def apply(unit: Unit, receipts: Sequence[Matched], ways: Ways, purse: Purse, now: datetime) -> None:
    """Each message is judged by its state now, held until the commit: a receipt that is seen twice counts once."""
    if not receipts:
        return
    by_message: dict[UUID, list[Matched]] = defaultdict(list)
    for receipt in receipts:
        by_message[receipt.message].append(receipt)
    for follower, carrier in await store.followers_of(unit.connection, by_message):
        by_message[follower] = by_message[carrier]
    await lock_offers(unit, await store.offers_of(unit.connection, by_message))
    taken = await store.take(unit, by_message)
    judged, waiting = _judge(taken, by_message)
    await _noted(unit, judged["noted"])
    await _sent(unit, judged["sent"], ways)
    await _delivered(unit, [*judged["delivered"], *judged["corrected"]], now)
    await _corrected(unit, judged["corrected"], ways)
    await _failed(unit, judged["failed"], ways, now)
    unpaid = {message.id for message, state in taken if state in _NOT_KNOWN_AS_SENT}
    left = [message for message, _ in (*judged["sent"], *judged["delivered"]) if message.id in unpaid]
    await purse.pay(unit, left, now)
    for becomes in ("sent", "delivered", "corrected", "failed"):
        for message, _ in judged[becomes]:
            count(message.channel, "delivered" if becomes == "corrected" else becomes, 1)
    await store.settle(unit, [receipt for receipt in receipts if receipt.message not in waiting])


def _judge(
    messages: Sequence[tuple[Claimed, str]], receipts: Mapping[UUID, Sequence[Matched]]
) -> tuple[Mapping[Step, Sequence[Judged]], set[UUID]]:
    """What to do with which; and messages whose sender has not written down yet what became of them."""
    judged: dict[Step, list[Judged]] = defaultdict(list)
    for message, state in messages:
        kind = decisive({receipt.kind for receipt in receipts[message.id]})
        word = next(receipt for receipt in receipts[message.id] if receipt.kind == kind)
        judged[step(kind, state)].append((message, word))
    return judged, {message.id for message, _ in judged["wait"]}


async def _noted(unit: Unit, judged: Sequence[Judged]) -> None:
    await store.note_on_its_way(unit, {message.id: word.at for message, word in judged})


async def _sent(unit: Unit, judged: Sequence[Judged], ways: Ways) -> None:
    """It had left after all: it need not be sent again."""
    await store.note(unit, [(message.id, "sent", None, word.at) for message, word in judged])
    await _noted(unit, judged)
    for message, word in judged:
        publish_taken(unit, message, "sent", word.at)
        if way := ways.by_name.get(message.channel):
            await expect_receipt(unit, [message.id], word.at, way.pace)


async def _delivered(unit: Unit, judged: Sequence[Judged], now: datetime) -> None:
    await store.note(unit, [(message.id, "delivered", None, word.at) for message, word in judged])
    for message, word in judged:
        publish_taken(unit, message, "delivered", word.at)
    if judged:
        await withdraw_goings_on(unit, [message.id for message, _ in judged], now)


async def _corrected(unit: Unit, judged: Sequence[Judged], ways: Ways) -> None:
    """What it was said to have failed for was not so; what the failure set in motion stays."""
    phones = {message.phone for message, _ in judged if ways.kind(message.channel) == "phone"}
    if phones:
        await mark_good(unit, phones)


async def _failed(unit: Unit, judged: Sequence[Judged], ways: Ways, now: datetime) -> None:
    """As if the channel had refused it for good at once."""
    if not judged:
        return
    reasons = {message.id: word.reason or "undelivered" for message, word in judged}
    await store.note(unit, [(message.id, "failed", reasons[message.id], now) for message, _ in judged])
    messages = [message for message, _ in judged]
    await go_on(unit, messages, ways, now)
    bad = [message for message, word in judged if word.address_is_bad]
    bad_phones: set[UUID] = set()
    for message in bad:
        bad_phones |= await addresses_are_bad(unit, [message], ways.kind(message.channel))
    await tell_failed(unit, messages, reasons, bad_phones, now)
