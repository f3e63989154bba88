"""What a person meant by a text: pure reading, forgiving about how it is typed and strict about what it does.

`NHAN 1`, `nhận 1.`, `Nhan1`, `tu choi 2 ban viec`, `Đánh giá 5 sao`, `XEM 482 915 307`. A word that might as well be
part of a sentence ("mạng ngưng hoạt động", "nhận tiền rồi") is not a command: acting on it would be worse than asking.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from shared.codes import parse_code
from shared.vietnam.names import fold, nfc

Word = Literal["NHAN", "TUCHOI", "XONG", "CHUA", "XEM", "DANHGIA", "NGUNG", "HOTRO"]

_WORD = re.compile(r"\W*(nhan|tu\s*choi|xong|chua|xem|danh\s*gia|ngung|stop|ho\s*tro|help)(?![a-z])[\s.,:;=()\-]*")
_SAME: dict[str, Word] = {
    "nhan": "NHAN",
    "tuchoi": "TUCHOI",
    "xong": "XONG",
    "chua": "CHUA",
    "xem": "XEM",
    "danhgia": "DANHGIA",
    "ngung": "NGUNG",
    "stop": "NGUNG",
    "hotro": "HOTRO",
    "help": "HOTRO",
}
_FILLER = re.compile(r"(?:(?:viec|so|ma|yeu cau|vu|ca)\b[\s.,:#]*)+")
_NINE_DIGITS = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){8}(?!\d)")
_NUMBER = re.compile(r"#?(\d{1,3})(?!\d)[\s.,:;)\-]*")
_STARS = re.compile(r"(?<!\d)([1-5])(?!\d)(?:\s*(?:sao|diem|\*|/\s*5))?")
_POLITE = frozenset(
    (
        *(
            "cam",
            "on",
            "camon",
            "thanks",
            "thank",
            "you",
            "tks",
            "ok",
            "oke",
            "okay",
            "okie",
            "good",
            "da",
            "vang",
            "vg",
        ),
        *("uh", "um", "a", "nhe", "nha", "ah", "oi", "roi", "duoc", "tot", "chao", "hi", "hello", "anh", "chi", "em"),
        *("ban", "bac", "co", "chu", "ong", "ba", "ca", "cau", "noi", "moi", "nguoi", "toi", "minh", "nhieu", "lam"),
        *("rat", "to", "xin", "biet", "hieu"),
    )
)
_ACCEPTING = _POLITE | {"viec", "luon", "ngay", "lien", "lam", "di"}
_STOPPING = _POLITE | {"nhan", "tin", "gui", "sms", "viec", "het", "lai", "di", "ngay"}


@dataclass(frozen=True, slots=True)
class Said:
    """A text understood. `word` is None where it is none of ours; `rest` is what follows, as it was typed."""

    word: Word | None
    number: int | None = None
    """The person's own short number of a ticket."""
    code: str | None = None
    wrong_code: str | None = None
    """Nine digits that cannot be a code: mistyped."""
    stars: int | None = None
    rest: str = ""
    before_number: str = ""
    """The rest with its number, for those to whom the number is no short number."""
    polite: bool = False
    """Nothing but thanks, or nothing at all."""
    english: bool = False
    """The word was an English one."""


def read(text: str) -> Said:
    """What the text says."""
    text = nfc(text)
    plain = fold(text).lower()
    found = _WORD.match(plain)
    if found is None:
        return _no_word(plain)
    word = _SAME[re.sub(r"\s", "", found.group(1))]
    said = _arguments(word, text[found.end() :], plain[found.end() :])
    said = replace(said, english=found.group(1) == "help")
    return said if _means_it(said) else Said(None)


def _no_word(plain: str) -> Said:
    """Thanks, a bare number, a bare code, or something else."""
    words = re.findall(r"\w+", plain)
    if all(word in _POLITE for word in words):
        return Said(None, polite=True)
    if bare := re.fullmatch(r"[\W_]*(\d{1,3})[\W_]*", plain):
        return Said(None, number=int(bare.group(1)))
    nine = _NINE_DIGITS.search(plain)
    if nine and not re.search(r"[^\W\d_]", plain):
        return Said("XEM", code=parse_code(nine.group()), wrong_code=None if parse_code(nine.group()) else nine.group())
    return Said(None)


def _arguments(word: Word, text: str, plain: str) -> Said:
    """Both texts have the same length: what is found in the plain one is cut from the typed one."""
    if len(text) != len(plain):
        text = plain
    if word == "DANHGIA":
        return _rating(text, plain)
    if word == "HOTRO":
        return Said(word, rest=text.strip())
    filler = _FILLER.match(plain)
    start = filler.end() if filler else 0
    nine = _NINE_DIGITS.match(plain, start)
    if nine:
        code = parse_code(nine.group())
        rest = text[nine.end() :].lstrip(" .,:;-")
        return Said(word, code=code, wrong_code=None if code else nine.group(), rest=rest, before_number=rest)
    number = _NUMBER.match(plain, start)
    if number:
        return Said(word, number=int(number.group(1)), rest=text[number.end() :].strip(), before_number=text.strip())
    return Said(word, rest=text.strip(), before_number=text.strip())


def _rating(text: str, plain: str) -> Said:
    nine = _NINE_DIGITS.search(plain)
    without = plain[: nine.start()] + " " * (nine.end() - nine.start()) + plain[nine.end() :] if nine else plain
    stars = _STARS.search(without)
    code = parse_code(nine.group()) if nine else None
    rest = text[max(stars.end() if stars else 0, nine.end() if nine else 0) :].strip(" .,:;-")
    return Said(
        "DANHGIA",
        code=code,
        wrong_code=nine.group() if nine and not code else None,
        stars=int(stars.group(1)) if stars else None,
        rest=rest,
    )


def _means_it(said: Said) -> bool:
    """Whether what follows the word lets it be a command."""
    words = re.findall(r"\w+", fold(said.rest).lower())
    if said.word == "NGUNG":
        return said.number is None and all(word in _STOPPING for word in words)
    if said.word == "NHAN":
        if said.number is None and said.code is None and said.wrong_code is None:
            return all(word in _ACCEPTING for word in words)
        return not any(word.isdigit() for word in words[:2])
    return True
