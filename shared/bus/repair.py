"""What the bus has lost is owed again: everything, its tail, or what an older copy of its store has not.

Only the relay records places, and before it records any it makes sure that the highest recorded so far still holds its
event: by looking, or because the new places follow on it without a gap, as they cannot in a stream that lost its end or
was made anew (each stream has one publisher). So, whatever happened, the rows with a place are kept ones followed by
lost ones: one look at the highest tells whether anything is lost, a binary search tells from where on. This holds also
where an older copy was put back (same `created`, sequences used again) and overtaken by new events before anybody
looked: those are recorded only after the repair, when they are sent once more. Inboxes make that harmless.
"""

from datetime import timedelta

from shared.clock import Clock
from shared.jetstream import Streams, StreamState
from shared.store.keeping import STREAM_AGE
from shared.store.outbox import Kept, Ledger

SURELY_KEPT = STREAM_AGE - timedelta(hours=1)


async def is_intact(streams: Streams, state: StreamState, end: Kept) -> bool:
    """Whether the stream still has the highest event recorded in it, and so all before."""
    return end.incarnation == state.created and await _is_kept(streams, state, end)


async def owe_lost(streams: Streams, ledger: Ledger, stream: str, state: StreamState) -> int:
    """Owe again what the stream has lost; says how many events."""
    young = Clock.wall() - SURELY_KEPT
    outside = await ledger.owe_again(stream, state.created, range(state.first, state.last + 1), young)
    low, high = 0, state.last + 1  # before `low` all is kept, from `high` on nothing is
    while low < high:
        middle = (low + high) // 2
        row = await ledger.first_from(stream, middle)
        if row is not None and row.sequence < high and await _is_kept(streams, state, row):
            low = row.sequence + 1
        else:
            high = middle
    return outside + await ledger.owe_again(stream, state.created, range(high), young)


async def _is_kept(streams: Streams, state: StreamState, row: Kept) -> bool:
    if row.sequence > state.last:
        return False
    if row.sequence < state.first:  # gone by age, as it should; or purged
        return row.published_at < Clock.wall() - SURELY_KEPT
    return await streams.holds(row)
