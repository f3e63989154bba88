"""Names of people and places: composed, without diacritics, in the order of the alphabet, cut to fit.

Vietnamese, Ê Đê and M'nông letters alike (đ, ơ, ŭ, ƀ, č, ñ); the letters with a stroke do not decompose in Unicode, so
they stand in a table. PostgreSQL here knows no Vietnamese collation: what people see sorted is stored with `sort_key`,
which plain byte order (`COLLATE "C"`) sorts rightly.
"""

import re
import unicodedata

_STROKES = str.maketrans("đĐƀɃ", "dDbB")
_APOSTROPHES = re.compile("['’‘ʼ`´′]")
_NO_WORD = re.compile(r"[\W_]+")
_DIGITS_OR_LETTER = re.compile(r"[0-9]+|[^0-9]")

# Letters that are their own in the alphabet stand behind their base: `~` sorts behind every letter and digit.
_OWN_LETTERS = {"ă": "a~", "â": "a~~", "đ": "d~", "ê": "e~", "ô": "o~", "ơ": "o~~", "ư": "u~"}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}  # huyền hỏi ngã sắc nặng
_ZERO_WIDTH_JOINER = "\u200d"


def nfc(text: str) -> str:
    """Composed letters and single spaces: the form in which names are stored and compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """The same text without diacritics, case kept: `Buôn Ƀlơ̆ng M'Đrắk` → `Buon Blong M'Drak`."""
    letters = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return letters.translate(_STROKES)


def search_key(text: str) -> str:
    """What a search compares: lower case, no diacritics, no apostrophes, words parted by one space."""
    return _NO_WORD.sub(" ", _APOSTROPHES.sub("", fold(text).lower())).strip()


def sort_key(text: str) -> str:
    """An ASCII key that bytes sort as a Vietnamese dictionary does.

    Word by word: a ă â b c d đ e ê … o ô ơ … u ư …; then, all letters being equal, by tone (ngang, huyền, hỏi, ngã,
    sắc, nặng) wherever in the syllable it is written. Numbers sort as numbers: `Thôn 2` before `Thôn 10`.
    """
    words = [_word_key(word) for word in _NO_WORD.sub(" ", _APOSTROPHES.sub("", nfc(text).lower())).split()]
    return "!".join(letters for letters, _ in words) + " " + "".join(tone for _, tone in words)


def cut(text: str, length: int) -> str:
    """At most `length` characters of a name, ending with a whole word where one fits, never within a letter.

    A letter and its marks, an emoji and what joins it are not parted.
    """
    text = nfc(text)
    if len(text) <= length:
        return text
    end = length
    while end > 0 and _belong_together(text[end - 1], text[end]):
        end -= 1
    head = text[:end]
    if text[end] != " " and " " in head:
        head = head[: head.rindex(" ")]
    return head.rstrip(" ,;-(")


def _word_key(word: str) -> tuple[str, str]:
    """A word's letters, and its one tone (`0` for none)."""
    plain = unicodedata.normalize("NFD", word)
    tone = max((_TONES.get(mark, "0") for mark in plain), default="0")
    toneless = unicodedata.normalize("NFC", "".join(mark for mark in plain if mark not in _TONES))
    return "".join(map(_letter_key, _DIGITS_OR_LETTER.findall(toneless))), tone


def _letter_key(letter: str) -> str:
    if letter.isdigit():
        number = letter.lstrip("0")
        return f"{min(len(number), 9)}{number}"
    return _OWN_LETTERS.get(letter) or fold(letter)


def _belong_together(before: str, after: str) -> bool:
    """Whether a cut between these two would part one sign: marks, joiners, an emoji's colour."""
    return (
        unicodedata.category(after) in ("Mn", "Mc", "Me")
        or _ZERO_WIDTH_JOINER in (before, after)
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )
