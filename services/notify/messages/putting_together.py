"""Bundles get their text and are written down; what was in a bundle and is alone again gets its own text back."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.notify.alerts.wording import answering, manner_on, worded
from services.notify.messages.bundling import SEVERAL, Bundle
from services.notify.messages.store.bundling import forget_codes, free_followers, write_followers, write_texts
from services.notify.messages.store.claiming import Claimed
from services.notify.messages.ways import Way, Ways
from shared.store import Unit
from shared.vietnam.sms import parts


class Binder:
    """For one way out."""

    def __init__(self, way: Way, ways: Ways) -> None:
        self._way = way
        self._ways = ways

    def fits(self, carrier: Claimed, values: dict[str, str]) -> bool:
        """One part, or two with diacritics; a link is for one ticket, so there it never does."""
        two = carrier.on_phones is not None and manner_on(self._way.kind, carrier.on_phones) == "vi"
        return parts(self._text(carrier, values)).parts <= 1 + two

    def _text(self, carrier: Claimed, values: dict[str, str]) -> str:
        return worded(SEVERAL, carrier.on_phones or "sms", values, self._way, self._ways.number, None)

    @property
    def binds(self) -> bool:
        """A link is for one ticket, and so is a template that a network registered."""
        return answering(self._way, self._ways.number) != "link" and not self._way.linkless

    async def write(self, unit: Unit, sent: Sequence[Claimed], bundles: Sequence[Bundle]) -> list[Claimed]:
        """Write down what changed; returns what is to be sent, each with the text that is sent."""
        texts = {bundle.carrier.id: self._text(bundle.carrier, bundle.values) for bundle in bundles}
        follows = {follower.id for bundle in bundles for follower in bundle.followers}
        carriers = set(texts)
        alone = [m for m in sent if (m.bundles or m.bundled_in) and m.id not in carriers and m.id not in follows]
        for message in alone:
            texts[message.id] = await self._ways.reword(unit, message, self._way)
        if not texts:
            return list(sent)
        before = [message.id for message in sent if message.bundles]
        await forget_codes(unit, before)
        await free_followers(unit, before)
        await write_texts(unit, texts, carriers)
        await write_followers(unit, {b.carrier.id: [(f.id, f.code or "") for f in b.followers] for b in bundles})
        return [_as_written(message, texts, bundles) for message in sent]


def _as_written(message: Claimed, texts: dict[UUID, str], bundles: Sequence[Bundle]) -> Claimed:
    carrier = next((b.carrier.id for b in bundles if message.id in {f.id for f in b.followers}), None)
    text = texts.get(message.id, message.text)
    count = 0 if carrier else parts(text).parts
    return replace(message, text=text, parts=count, bundled_in=carrier)
