"""The units a commune was made of in July 2025, read from the sentence in the decree.

The sentences are written for people: "một phần diện tích TN, quy mô dân số của các phường Cửa Nam, Điện Biên, Xã Hòa
Thắng (huyện Phú Hòa) (phần còn lại sau khi sáp nhập vào xã Phú Hòa 1)". What counts is each name with its type, and
the district where it is told; what was divided counts for every commune that took a part.
"""

import re

from shared.vietnam.names import nfc

_KINDS = "xã|phường|thị trấn|đặc khu|thôn|xóm|huyện"
_CAPITAL = "".join(letter for letter in map(chr, range(ord("A"), ord("Ỹ") + 1)) if letter.isupper())
_BRACKETS = re.compile(r"\(([^()]*)\)")
_DISTRICT = re.compile(r"(?:huyện|quận|thị xã|thành phố) [^,]+", re.IGNORECASE)
_AFTERWARDS = re.compile(r"\bsau khi.*")
_NEXT = re.compile(r",|\bvà\b")
_KIND = re.compile(rf"\b((?i:{_KINDS})) (?=[{_CAPITAL}0-9])")
_NAME = re.compile(rf"[{_CAPITAL}0-9][\w'.-]*(?: [{_CAPITAL}0-9][\w'.-]*)*")


def former_names(formed_from: str) -> tuple[str, ...]:
    """Full names such as `Xã Hòa Thắng (huyện Phú Hòa)`, in the sentence's order, each once.

    Empty where the unit was left as it was ("giữ nguyên").
    """
    sentence = _BRACKETS.sub(_keep_district, nfc(formed_from).replace("’", "'"))
    found: dict[str, None] = {}
    kind = "Xã"
    for clause in _NEXT.split(sentence):
        text, _, district = _AFTERWARDS.sub("", clause).strip().partition("@")
        *_, last = [None, *_KIND.finditer(text)]
        if last:
            kind, text = last[1].capitalize(), text[last.end() :]
        name = _NAME.match(text) if last else _NAME.fullmatch(text)
        if name:
            found[f"{kind} {name[0]}" + (f" ({district})" if district else "")] = None
    return tuple(found)


def _keep_district(brackets: re.Match[str]) -> str:
    """`(huyện Phú Hòa)` → `@huyện Phú Hòa`; other brackets tell what became of the rest, and go."""
    district = _DISTRICT.match(brackets[1].strip())
    return f"@{district[0][0].lower()}{district[0][1:]}" if district else ""
