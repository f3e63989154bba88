"""Writing down what became of messages after a try, and telling the house."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from services.notify.channels.channel import Outcome
from services.notify.costs.purse import Purse
from services.notify.messages.breaker import is_of_channel
from services.notify.messages.failing import addresses_are_bad, go_on, tell_failed
from services.notify.messages.publishing import publish_taken
from services.notify.messages.retry import Next, after
from services.notify.messages.store import recording
from services.notify.messages.store.bundling import leave
from services.notify.messages.store.claiming import Claimed
from services.notify.messages.ways import Way, Ways
from services.notify.telemetry import count
from services.notify.tickets.store import lock_offers
from shared.store import Unit

log = structlog.get_logger()

_UNHEARD = frozenset({"stopped", "too_old", "looped", "gone_from_duty"})
"""Why a message is dropped though somebody should have heard of it."""

Match = Callable[[Unit, Sequence[UUID]], Awaitable[None]]
"""Applies receipts that came before we knew what they speak of."""


class Recorder:
    """Writes for one sender, and only about messages that it still holds."""

    def __init__(self, sender: UUID, way: Way, ways: Ways, match: Match, purse: Purse) -> None:
        self._sender = sender
        self._way = way
        self._ways = ways
        self._match = match
        self._purse = purse

    async def record(
        self, unit: Unit, messages: Sequence[Claimed], outcomes: Mapping[UUID, Outcome], now: datetime
    ) -> None:
        """After a try."""
        await self._lock(unit, messages)
        taken = [message for message in messages if outcomes[message.id].kind in ("sent", "delivered")]
        refused = [message for message in messages if outcomes[message.id].kind not in ("sent", "delivered")]
        for state in ("sent", "delivered"):
            await self._taken(unit, [m for m in taken if outcomes[m.id].kind == state], state, now)
        if refused:
            await self._refused(unit, refused, outcomes, now)
        alone = [message for message in taken if not message.bundled_in]  # the network has not heard of the others
        named = {message.id: name for message in alone if (name := outcomes[message.id].provider_id)}
        await recording.name_by_provider(unit, named)
        open_ends = [m.id for m in messages if outcomes[m.id].kind == "sent" or outcomes[m.id].maybe_sent]
        if open_ends:
            await self._match(unit, open_ends)

    async def _taken(self, unit: Unit, messages: Sequence[Claimed], state: str, now: datetime) -> None:
        if not messages:
            return
        pace = self._way.pace
        ids = [message.id for message in messages]
        ours = await recording.record_taken(unit, ids, self._sender, state, now, pace)
        mine = [message for message in messages if message.id in ours]
        for message in mine:
            publish_taken(unit, message, state, now)
        await self._purse.pay(unit, mine, now)
        count(self._way.name, state, len(mine))

    async def _refused(
        self, unit: Unit, messages: Sequence[Claimed], outcomes: Mapping[UUID, Outcome], now: datetime
    ) -> None:
        ours = await recording.still_held(unit, [message.id for message in messages], self._sender)
        messages = [message for message in messages if message.id in ours]
        nexts = {m.id: self._next(m, outcomes[m.id], now) for m in messages}
        again = {m.id for m in messages if m.resent or (outcomes[m.id].maybe_sent and nexts[m.id].state == "queued")}
        states = {id: (n.state, n.reason, n.not_before) for id, n in nexts.items()}
        await self._change(unit, messages, states, now, resent=again)
        failed = [message for message in messages if nexts[message.id].state == "failed"]
        await go_on(unit, failed, self._ways, now)
        bad = [message for message in failed if outcomes[message.id].address_is_bad]
        bad_phones = await addresses_are_bad(unit, bad, self._way.kind)
        over = [message for message in messages if nexts[message.id].state in ("failed", "expired")]
        reasons = {message.id: nexts[message.id].reason or "unknown" for message in over}
        await tell_failed(unit, over, reasons, bad_phones, now)
        attempts = [_attempt(m, outcomes[m.id].kind, outcomes[m.id].reason, now) for m in messages]
        await recording.add_attempts(unit, attempts)

    def _next(self, message: Claimed, outcome: Outcome, now: datetime) -> Next:
        """A channel's own fault ends nothing as long as there is no other way."""
        has_next = self._ways.left(message.further_channels) is not None
        patient = is_of_channel(outcome) and not has_next
        return after(
            outcome,
            message.tries,
            now,
            message.expires_at,
            resent=message.resent,
            patient=patient,
            has_next=has_next,
        )

    async def put_off(self, unit: Unit, messages: Sequence[tuple[Claimed, str, datetime]], now: datetime) -> None:
        """Back into the queue until a time; it was no try. A night does not make news older."""
        changes = {message.id: ("queued", why, until) for message, why, until in messages}
        await self._change(unit, [message for message, _, _ in messages], changes, now, tries=-1)
        nights = {message.id: until - now for message, why, until in messages if why == "night"}
        await recording.keep_fresh(unit, nights)

    async def drop(self, unit: Unit, dropped: Sequence[tuple[Claimed, str]], now: datetime) -> None:
        """Messages that are not even tried: not needed, too old, stopped by their receiver, or running in circles."""
        await self._lock(unit, [message for message, reason in dropped if reason in _UNHEARD])
        ours = await recording.still_held(unit, [message.id for message, _ in dropped], self._sender)
        messages = [message for message, _ in dropped if message.id in ours]
        reasons = {message.id: reason for message, reason in dropped}
        for message in messages:
            if reasons[message.id] == "looped":
                log.warning("message.looped", channel=message.channel, alert=message.alert, code=message.code)
        unheard = [message for message in messages if reasons[message.id] in _UNHEARD]
        changes = {m.id: ("expired", reasons[m.id], None) for m in messages}
        await self._change(unit, messages, changes, now, tries=-1)
        await leave(unit, [message.id for message in messages if message.bundled_in])
        await tell_failed(unit, unheard, reasons, set(), now)

    async def interrupt(self, unit: Unit, messages: Sequence[Claimed], unsure: set[UUID], now: datetime) -> None:
        """Back into the queue after a crash in mid-send; marked where it may have left already."""
        if not messages:
            return
        await self._lock(unit, messages)
        ours = await recording.still_held(unit, [message.id for message in messages], self._sender)
        messages = [message for message in messages if message.id in ours]
        resent = {message.id for message in messages if message.resent or message.id in unsure}
        await self._change(unit, messages, {m.id: ("queued", "interrupted", now) for m in messages}, now, resent=resent)
        await recording.add_attempts(unit, [_attempt(message, "interrupted", None, now) for message in messages])
        await self._match(unit, [message.id for message in messages])

    async def _lock(self, unit: Unit, messages: Sequence[Claimed]) -> None:
        """Offers before their messages, as receipts do that come meanwhile: the other way round, both would wait."""
        if offers := [message.offer_id for message in messages if message.offer_id]:
            await lock_offers(unit, offers)

    async def _change(
        self,
        unit: Unit,
        messages: Sequence[Claimed],
        states: Mapping[UUID, tuple[str, str | None, datetime | None]],
        now: datetime,
        *,
        tries: int = 0,
        resent: set[UUID] | None = None,
    ) -> None:
        changes = [
            {
                "message": m.id,
                "sender": self._sender,
                "state": states[m.id][0],
                "at": now,
                "reason": states[m.id][1],
                "not_before": states[m.id][2] or m.not_before,
                "resent": m.resent if resent is None else m.id in resent,
                "tries": m.tries + tries,
            }
            for m in messages
        ]
        if changes:
            await recording.record_changes(unit, changes)
        for state in ("failed", "expired"):
            count(self._way.name, state, sum(change["state"] == state for change in changes))


def _attempt(message: Claimed, outcome: str, reason: str | None, at: datetime) -> dict[str, Any]:
    return {"message_id": message.id, "number": message.tries, "at": at, "outcome": outcome, "reason": reason}
