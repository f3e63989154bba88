"""Links for those who cannot answer where they are asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.notify.alerts.wording import answering, by_link, worded
from services.notify.answer_pages import store
from services.notify.answer_pages.token import token
from services.notify.messages.new import NewMessage
from services.notify.messages.store.claiming import Claimed
from services.notify.messages.ways import Way, Ways
from shared.store import Unit


@dataclass(frozen=True, slots=True)
class Pages:
    """Makes pages of this installation. A link goes to people on duty only, never to residents."""

    public_url: str
    secret: str
    number: str
    """The number that people write to; empty where there is none."""

    async def put_into(self, unit: Unit, messages: Sequence[NewMessage], ways: Ways) -> list[NewMessage]:
        """Messages whose first way cannot be answered on carry a link."""
        asking = [message for message in messages if self._needs(message, ways.by_name.get(message.channels[0]))]
        if not asking:
            return list(messages)
        rows = [_page(message, message.channels[0]) for message in asking]
        links = {id(m): self._link(n) for m, n in zip(asking, await store.make(unit, rows), strict=True)}
        return [
            self._with_link(m, ways.by_name[m.channels[0]], links[id(m)]) if id(m) in links else m for m in messages
        ]

    async def reword(self, unit: Unit, message: Claimed, way: Way) -> str:
        """The text of a message that goes on by another way."""
        if message.template is None or message.on_phones is None:
            return message.text
        link = None
        if self._needs(message, way):
            (number,) = await store.make(unit, [_page(message, way.name)])
            link = self._link(number)
        return worded(message.template, message.on_phones, message.slots, way, self.number, link)

    def _needs(self, message: NewMessage | Claimed, way: Way | None) -> bool:
        asks = message.person is not None and message.code is not None and message.number is not None
        return (
            asks
            and way is not None
            and answering(way, self.number) == "link"
            and message.template is not None
            and by_link(message.template) is not None
        )

    def _with_link(self, message: NewMessage, way: Way, link: str) -> NewMessage:
        if message.template is None or message.on_phones is None:
            return message
        return replace(message, text=worded(message.template, message.on_phones, message.slots, way, self.number, link))

    def _link(self, number: int) -> str:
        return f"{self.public_url}/hooks/a/{token(number, self.secret)}"


def _page(message: NewMessage | Claimed, channel: str) -> dict[str, Any]:
    return {
        "person": message.person,
        "code": message.code,
        "team": message.team,
        "number": message.number,
        "phone": message.phone,
        "channel": channel,
        "version": message.version,
        "expires_at": message.expires_at,
    }
