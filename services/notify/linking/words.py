"""The words that ask for a code by SMS: pure reading."""

import re
from collections.abc import Sequence

from services.notify.channels.channel import AddressKind
from shared.vietnam.names import fold

ANY = "KENH"
_KINDS: dict[str, AddressKind | None] = {
    "zalo": "zalo",
    "zalobot": "zalo_bot",
    "telegram": "telegram",
    "kenh": None,
    "noikenh": None,
}


def wished(text: str, installed: Sequence[AddressKind]) -> AddressKind | None:
    """Which chat somebody wishes to link, of those that are here; None: the text says nothing of it.

    `ZALO`, `Zalo bot`, `Telegram.`, `kênh`: alone, for "nhắn zalo cho tôi" is no command. `ZALO` means the team's bot
    where there is no Official Account; `KENH` the first there is.
    """
    word = re.sub(r"[\W_]", "", fold(text).lower())
    if word not in _KINDS or not installed:
        return None
    kind = _KINDS[word] or installed[0]
    if kind == "zalo" and "zalo" not in installed:
        kind = "zalo_bot"
    return kind if kind in installed else None


def word_for(kind: AddressKind) -> str:
    """What to write for a code of this kind."""
    return {"zalo": "ZALO", "zalo_bot": "ZALOBOT", "telegram": "TELEGRAM"}.get(kind, ANY)
