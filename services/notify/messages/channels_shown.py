"""What is known of each channel of this installation, put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import REGISTRY

from services.notify.channels import closing
from services.notify.channels.channel import Channel
from services.notify.channels.closing import Closed
from services.notify.channels.fitting import Fitted, Health
from services.notify.messages.channel_figures import Figures, figures_of
from services.notify.messages.channel_watch import Watch
from shared.store import Store


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """One channel as somebody in charge sees it."""

    channel: Channel
    health: Health
    figures: Figures
    closed: Closed | None
    """The other side told us to stop."""
    is_left_alone: bool
    """Too many failed in a row: its sender waits before it tries again."""


async def channels_seen(store: Store, fitted: Sequence[Fitted], watch: Watch, now: datetime) -> list[ChannelSeen]:
    """All, first choice first."""
    names = [one.channel.name for one in fitted]
    healths = await watch.look()
    async with store.read() as connection:
        figures = await figures_of(connection, names, now)
        closed = await closing.closed_of(connection, names)
    return [
        ChannelSeen(
            one.channel,
            healths[one.channel.name],
            figures[one.channel.name],
            closed.get(one.channel.name),
            bool(REGISTRY.get_sample_value("caunoi_channel_broken", {"channel": one.channel.name})),
        )
        for one in fitted
    ]
