"""A message as JetStream delivered it, and the answers it can be given."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.store.dead import Letter

ACK_WAIT_S = 10.0


class Message:
    """Answers go out only on the connection that brought the message.

    An answer names a place in the stream. After a reconnect the stream may be another one, with another message at that
    place, which an old answer would end unhandled. Without an answer a message comes again, and that is harmless.
    """

    def __init__(self, raw: Msg, client: Client) -> None:
        self.headers: Mapping[str, str] = raw.headers or {}
        self.body = raw.data
        self.deliveries = raw.metadata.num_delivered
        self._raw = raw
        self._client = client
        self._connection = client.stats["reconnects"]

    def letter(self, consumer: str) -> Letter:
        """As a dead letter of this consumer."""
        place = f"{self._raw.metadata.stream}:{self._raw.metadata.sequence.stream}"
        id = self.headers.get("ce-id") or place
        return Letter(consumer, id, self._raw.subject, self.headers, self.body, self.deliveries)

    async def done(self) -> None:
        """It had its effect, or needs none."""
        await self._answer(self._raw.ack)

    async def later(self, delay_s: float) -> None:
        """It shall come again after `delay_s` seconds."""
        await self._answer(lambda: self._raw.nak(delay_s))

    async def in_progress(self) -> None:
        """It is being worked on."""
        await self._answer(self._raw.in_progress)

    async def _answer(self, send: Callable[[], Awaitable[None]]) -> None:
        same = self._client.stats["reconnects"] == self._connection
        if same and self._client.is_connected and not self._raw.is_acked:
            try:
                await send()
            except nats.errors.Error:
                return  # no answer: it comes again


@contextlib.asynccontextmanager
async def held(messages: Sequence[Message]) -> AsyncGenerator[None, None]:
    """Keep telling the server that these are being worked on."""

    async def hold() -> None:
        while True:
            await asyncio.sleep(ACK_WAIT_S / 3)
            for message in messages:
                await message.in_progress()

    holding = asyncio.create_task(hold())
    try:
        yield
    finally:
        holding.cancel()
