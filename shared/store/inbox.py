"""The inbox: which events had their effect here, written in the effect's own transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from shared.clock import Clock
from shared.events.envelope import Received
from shared.store.session import Unit

_TAKE = text("""
    insert into inbox (consumer, event_id, type, about, received_at)
    select :consumer, id, type, about, :at
    from unnest(cast(:ids as uuid[]), cast(:types as text[]), cast(:abouts as text[])) as event (id, type, about)
    order by id on conflict do nothing returning event_id
""")


async def take(unit: Unit, consumer: str, events: Sequence[Received[Any]]) -> set[UUID]:
    """Note these events as taken by `consumer`; returns those that are new to it.

    Rows are locked in the order of their ids, so two replicas with the same events wait and do not deadlock.
    """
    values = {
        "consumer": consumer,
        "at": Clock.wall(),
        "ids": [event.id for event in events],
        "types": [event.data.type for event in events],
        "abouts": [event.subject for event in events],
    }
    return set((await unit.execute(_TAKE, values)).scalars())
