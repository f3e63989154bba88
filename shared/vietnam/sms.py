"""What a text costs as an SMS, and how to keep it cheap: one Vietnamese letter such as `ệ` doubles the price.

A message in the GSM 7-bit alphabet (3GPP TS 23.038, sections 6.2.1 and 6.2.1.1) holds 160 characters, 153 a part when
split; any other is sent as UCS-2: 70 and 67 UTF-16 units. Signs of the extension table (`€ [ ] { } ~ ^ | \\`) count
double. Neither these pairs nor surrogate pairs are parted, so a text may need a part more than its length says.
"""

import unicodedata
from typing import Literal, NamedTuple

from shared.vietnam.names import fold

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_ALL = _BASIC | _EXTENSION
_ASCII = frozenset(letter for letter in _BASIC if letter.isascii()) - {"\r"}
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ`´′", "'"),
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−~•·", "-"),
        **dict.fromkeys("[{", "("),
        **dict.fromkeys("]}", ")"),
        **dict.fromkeys("|\\⁄∕", "/"),
        **dict(zip("ßæÆøØłŁœŒ", ("ss", "ae", "AE", "o", "O", "l", "L", "oe", "OE"), strict=True)),
        **dict(zip("…€₫£¥×→\t", ("...", "EUR", "d", "GBP", "JPY", "x", "->", " "), strict=True)),
    }
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Mn", "Me"})

Coding = Literal["gsm7", "ucs2"]


class Parts(NamedTuple):
    """How a text travels: its coding, its length (septets, or UTF-16 units) and the number of parts it is paid as."""

    coding: Coding
    length: int
    parts: int


def ascii_sms(text: str) -> str:
    """The text without diacritics, every character of it ASCII and one septet: what fits 160 fits one SMS.

    Typographic signs become plain ones, emoji and invisible marks are left out, letters of other scripts become `?`.
    """
    plain = fold(unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN))
    return "".join(map(_plainest, plain))


def gsm_length(text: str) -> int | None:
    """Septets in the GSM alphabet, the extension's signs counting two; None where a character is outside."""
    if not _ALL.issuperset(text):
        return None
    return len(text) + sum(sign in _EXTENSION for sign in text)


def parts(text: str) -> Parts:
    """Coding, length and parts of a text; an empty one is one part."""
    septets = gsm_length(text)
    if septets is not None:
        sizes = [2 if sign in _EXTENSION else 1 for sign in text]
        return Parts("gsm7", septets, 1 if septets <= 160 else _packed(sizes, 153))
    sizes = [2 if sign > "\uffff" else 1 for sign in text]
    return Parts("ucs2", sum(sizes), 1 if sum(sizes) <= 70 else _packed(sizes, 67))


def _packed(sizes: list[int], room: int) -> int:
    """How many parts of `room` take characters of these sizes, in order, none of them parted."""
    count, left = 1, room
    for size in sizes:
        if size > left:
            count, left = count + 1, room
        left -= size
    return count


def _plainest(letter: str) -> str:
    if letter in _ASCII:
        return letter
    return "" if unicodedata.category(letter) in _UNSEEN or letter == "^" else "?"
