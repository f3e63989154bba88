"""Every text with its slots, an example and its longest length, for registration with the networks."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from services.notify.alerts import texts
from services.notify.alerts.slots import NAME, PLACE
from services.notify.alerts.texts import Manner
from shared.vietnam.sms import parts

MANNERS: tuple[Manner, ...] = ("sms", "vi", "en")

EXAMPLES: Mapping[str, str] = {
    "bot": "@caunoi_bot",
    "category": "Điện thoại, máy",
    "chat": "Zalo",
    "code": "482 915 307",
    "count": "3",
    "done": "17:00 ngày 28/11",
    "hotline": "1022",
    "km": "1,2 km",
    "link": "7KD4QX",
    "list": "1 Buôn Kbu, 4 Thôn 3",
    "member": "Trần Thị Hoa",
    "n": "3",
    "name": "Y Wen Mlô",
    "number": "8077",
    "page": "https://caunoi.daklak.gov.vn/hooks/a/1kfAbCdEfGhIj",
    "phone": "0905 000 001",
    "place": "Buôn Kbu (Xã Hòa Khánh)",
    "stars": "5",
    "status": "đang chờ tổ nhận",
    "team": "tổ Buôn Kbu",
    "team_phone": "0901 000 001",
    "time": "15:00 hôm nay",
    "to": "8077",
    "typed": "482 915 308",
    "why": "không liên lạc được ai",
    "word": "47",
}
"""What may stand in a slot; names of people and places are cut to the lengths in `LONGEST`."""

LONGEST: Mapping[str, int] = {
    "category": NAME,
    "count": 2,
    "done": 16,
    "km": 7,
    "list": 80,
    "member": NAME,
    "n": 3,
    "name": NAME,
    "place": PLACE,
    "team": NAME + 3,
    "time": 16,
}
"""Characters; of the others the example is as long as can be."""


@dataclass(frozen=True, slots=True)
class Template:
    """One text in one manner. `longest` in characters, `parts` what the example costs as an SMS."""

    key: str
    manner: Manner
    text: str
    slots: str
    example: str
    longest: int
    encoding: str
    parts: int


def templates() -> Iterator[Template]:
    """All texts, in the order of the file."""
    for key in texts.every_key():
        for manner in MANNERS:
            yield _template(key, manner)


def rows() -> list[dict[str, Any]]:
    """As plain values."""
    return [asdict(template) for template in templates()]


def _template(key: str, manner: Manner) -> Template:
    names = sorted(name for name in texts.slots(key) if "{" + name + "}" in texts.sentence(key, manner))
    example = texts.filled(key, manner, {name: EXAMPLES.get(name, name) for name in texts.slots(key)})
    more = sum(max(0, LONGEST.get(name, 0) - len(EXAMPLES.get(name, name))) for name in names)
    coding, _, count = parts(example)
    return Template(
        key, manner, texts.sentence(key, manner), " ".join(names), example, len(example) + more, coding, count
    )
