"""Writing down what became of messages, and telling the house."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notify.channels.channel import AddressKind, Outcome
from services.notify.contacts.store import mark_bad, mark_linked_bad
from services.notify.messages import store
from services.notify.messages.retry import after, way_left
from services.notify.messages.store import Claimed
from services.notify.tickets.store import lock_offers, note_nobody_reached
from shared.events import messages as events
from shared.store import Unit


class Recorder:
    """Writes for one sender, and only about messages that it still holds."""

    def __init__(self, sender: UUID, kind: AddressKind, channels: Sequence[str], wake: Callable[[], None]) -> None:
        self._sender = sender
        self._kind: AddressKind = kind
        self._channels = channels
        self._wake = wake

    async def record(
        self, unit: Unit, messages: Sequence[Claimed], outcomes: Mapping[UUID, Outcome], now: datetime
    ) -> None:
        """After a try."""
        taken = [message for message in messages if outcomes[message.id].kind in ("sent", "delivered")]
        refused = [message for message in messages if outcomes[message.id].kind not in ("sent", "delivered")]
        for state in ("sent", "delivered"):
            alike = [message for message in taken if outcomes[message.id].kind == state]
            if alike:
                ours = await store.record_taken(unit, [message.id for message in alike], self._sender, state, now)
                for message in alike:
                    if message.id in ours:
                        _publish_taken(unit, message, state, now)
        named = {message.id: name for message in taken if (name := outcomes[message.id].provider_id)}
        await store.name_by_provider(unit, named)
        if refused:
            await self._refused(unit, refused, outcomes, now)

    async def _refused(
        self, unit: Unit, messages: Sequence[Claimed], outcomes: Mapping[UUID, Outcome], now: datetime
    ) -> None:
        await lock_offers(unit, [message.offer_id for message in messages if message.offer_id])
        ours = await store.still_held(unit, [message.id for message in messages], self._sender)
        messages = [message for message in messages if message.id in ours]
        nexts = {m.id: after(outcomes[m.id], m.tries, now, m.expires_at) for m in messages}
        await self._change(unit, messages, {id: (n.state, n.reason, n.not_before) for id, n in nexts.items()}, now)
        failed = [message for message in messages if nexts[message.id].state == "failed"]
        for message in failed:
            if way := way_left(message.further_channels, self._channels):
                await store.continue_on(unit, message, way, now)
                unit.after_commit(self._wake)
        bad = [message for message in failed if outcomes[message.id].address_is_bad]
        await self._mark_bad(unit, bad)
        over = [message for message in messages if nexts[message.id].state in ("failed", "expired")]
        reasons = {message.id: nexts[message.id].reason or "unknown" for message in over}
        await self._tell_failed(unit, over, reasons, {m.id for m in bad} if self._kind == "phone" else set(), now)
        attempts = [_attempt(m, outcomes[m.id].kind, outcomes[m.id].reason, now) for m in messages]
        await store.add_attempts(unit, attempts)

    async def _mark_bad(self, unit: Unit, messages: Sequence[Claimed]) -> None:
        if self._kind == "phone":
            await mark_bad(unit, [message.person for message in messages if message.person])
        elif messages:
            await mark_linked_bad(unit, self._kind, [message.phone for message in messages])

    async def drop(self, unit: Unit, dropped: Sequence[tuple[Claimed, str]], now: datetime) -> None:
        """Messages that are not even tried: nobody needs them, they are too old, or their receiver said stop."""
        messages = [message for message, _ in dropped]
        reasons = {message.id: reason for message, reason in dropped}
        unheard = [message for message in messages if reasons[message.id] in ("stopped", "too_old")]
        await lock_offers(unit, [message.offer_id for message in unheard if message.offer_id])
        changes = {m.id: ("expired", reasons[m.id], None) for m in messages}
        await self._change(unit, messages, changes, now, tries=-1)
        await self._tell_failed(unit, unheard, reasons, set(), now)

    async def interrupt(self, unit: Unit, messages: Sequence[Claimed], unsure: set[UUID], now: datetime) -> None:
        """Back into the queue after a crash in mid-send; marked where it may have left already."""
        if not messages:
            return
        ours = await store.still_held(unit, [message.id for message in messages], self._sender)
        messages = [message for message in messages if message.id in ours]
        resent = {message.id for message in messages if message.resent or message.id in unsure}
        await self._change(unit, messages, {m.id: ("queued", "interrupted", now) for m in messages}, now, resent=resent)
        await store.add_attempts(unit, [_attempt(message, "interrupted", None, now) for message in messages])

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
            await store.record_changes(unit, changes)

    async def _tell_failed(
        self, unit: Unit, messages: Sequence[Claimed], reasons: Mapping[UUID, str], bad: set[UUID], now: datetime
    ) -> None:
        """Publish failures; the last one of an offer to a team says that nobody was reached."""
        offers = {message.offer_id for message in messages if message.offer_id}
        hopeless: set[UUID] = set()
        if offers:
            hopeless = offers - await store.offers_with_hope(unit.connection, offers)
            hopeless = await note_nobody_reached(unit, sorted(hopeless), now) if hopeless else set()
        for message in messages:
            nobody = message.offer_id in hopeless
            hopeless.discard(message.offer_id or message.id)
            event = events.Failed(
                **_said(message, now),
                reason=reasons[message.id],
                address_is_bad=message.id in bad,
                nobody_reached=nobody,
            )
            _publish(unit, event, message, now)


def _attempt(message: Claimed, outcome: str, reason: str | None, at: datetime) -> dict[str, Any]:
    return {"message_id": message.id, "number": message.tries, "at": at, "outcome": outcome, "reason": reason}


def _publish_taken(unit: Unit, message: Claimed, state: str, at: datetime) -> None:
    """One event a message: `delivered` says `sent` as well, where both are known at once."""
    event = events.Delivered if state == "delivered" else events.Sent
    _publish(unit, event(**_said(message, at)), message, at)


def _said(message: Claimed, at: datetime) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "at": at,
        "alert": message.alert,
        "channel": message.channel,
        "codes": [message.code] if message.code else [],
        "person": message.person,
        "team": message.team,
    }


def _publish(unit: Unit, event: events.MessageEvent, message: Claimed, at: datetime) -> None:
    unit.publish(
        event,
        about=message.code or str(message.id),
        province=message.province or "00",
        at=at,
        correlation=message.correlation,
    )
