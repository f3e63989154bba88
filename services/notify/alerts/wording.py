"""A text for each way out: with diacritics in a chat, plainly by SMS, saying how to answer where one cannot there."""

from collections.abc import Mapping
from typing import Literal

from services.notify.alerts import texts
from services.notify.alerts.texts import Manner
from services.notify.channels.channel import AddressKind
from services.notify.messages.ways import Way

Answering = Literal["here", "number", "link"]
"""How somebody answers: on the same channel, by writing to our number, or on a page."""

_FREE_OF_ROOM: frozenset[AddressKind] = frozenset({"email"})
"""Where a long address costs nothing, so a link is better than a number."""


def manner_on(kind: AddressKind, on_phones: Manner) -> Manner:
    """`on_phones` is how this person is written to by SMS, where diacritics cost; elsewhere they are free."""
    return on_phones if kind == "phone" or on_phones == "en" else "vi"


def answering(way: Way, number: str) -> Answering:
    """`number` is ours; empty where this installation has none that can be written to."""
    if way.two_way:
        return "here"
    return "link" if way.kind in _FREE_OF_ROOM or not number else "number"


def by_link(template: str) -> str | None:
    """The text that carries a link instead of words to write; only texts to teams have one."""
    return _variant(template, "by_link")


def worded(template: str, on_phones: Manner, values: Mapping[str, str], way: Way, number: str, page: str | None) -> str:
    """The whole text. `values` are written properly, with diacritics; `page` is a link where the way needs one."""
    how = manner_on(way.kind, on_phones)
    linked = by_link(template) if page else None
    if page and linked:
        return texts.filled(linked, how, {**values, "page": page})
    one_way = _variant(template, "one_way") if answering(way, number) == "number" else None
    return texts.filled(one_way or template, how, {**values, "to": number})


def _variant(template: str, name: str) -> str | None:
    key = f"{template}_{name}"
    return key if key in texts.every_key() else None
