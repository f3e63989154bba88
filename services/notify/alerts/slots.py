"""What stands in the slots of a text: each slot by name, in words that fit.

A name is cut to 24 letters, a village with its former commune to 32; a number, a code and the two-digit word never.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.notify.alerts import texts
from services.notify.alerts.alert import Alert
from services.notify.alerts.texts import Manner
from shared.clock import local
from shared.codes import spoken as spoken_code
from shared.vietnam.names import cut
from shared.vietnam.phones import spoken as spoken_phone
from shared.web import figures, times
from shared.web.languages import Language, Translator

NAME = 24
PLACE = 32
_TEAM_PREFIX = re.compile(r"^tổ (?:cnscđ|công nghệ số cộng đồng)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """All that may be said in one text to one person."""

    alert: Alert
    how: Manner
    at: datetime
    """When it will be read: "hôm nay" is that day."""
    hotline: str
    number: int | None = None
    """The receiver's own short number of the ticket."""
    resident_name: str | None = None
    resident_phone: str | None = None
    member_name: str | None = None
    team_phone: str | None = None
    category: tuple[str, str] | None = None
    """Name in Vietnamese and in English."""

    @property
    def language(self) -> Language:
        return "en" if self.how == "en" else "vi"


def values(known: Known) -> dict[str, str]:
    """What stands in each slot, with diacritics."""
    return {slot: _SLOTS[slot](known) for slot in texts.slots(known.alert.text)}


def short_team(name: str) -> str:
    """A team's name without the words that every team's name begins with."""
    return cut(_TEAM_PREFIX.sub("", name), NAME)


def team_said(name: str, language: Language) -> str:
    """`tổ Buôn Kbu`; but `Tổ dân phố 1`, which is called a tổ already."""
    short = short_team(name)
    if language == "en":
        return f"team {short}"
    return short if short.lower().startswith("tổ ") else f"tổ {short}"


def place(village: str | None, former_commune: str | None, commune: str) -> str:
    """Where it is: the village, told apart by its former commune, or else the commune."""
    if not village:
        return cut(commune, PLACE)
    return cut(f"{village} ({former_commune})" if former_commune else village, PLACE)


def time(due: datetime, at: datetime, language: Language) -> str:
    """A time as a text says it; never a year, for nothing that is promised lies so far ahead."""
    return times.moment(due, at, Translator(language)).replace(f"/{local(due):%Y}", "")


def _place(known: Known) -> str:
    about = known.alert.about
    return _closed(place(about.village, about.former_commune, about.commune))


def _closed(text: str) -> str:
    """A bracket that a cut left open is closed where there is room, else dropped with what it held."""
    if "(" not in text or text.endswith(")"):
        return text
    return f"{text})" if len(text) < PLACE else text[: text.index("(")].rstrip()


def _time(known: Known) -> str:
    due = known.alert.about.due
    return time(due, known.at, known.language) if due else ""


def _category(known: Known) -> str:
    if known.category is None:
        return texts.phrase("nothing", "category", known.how)
    return cut(known.category[known.how == "en"], NAME)


def _name(known: Known) -> str:
    return cut(known.resident_name, NAME) if known.resident_name else texts.phrase("nothing", "name", known.how)


def _team_phone(known: Known) -> str:
    return spoken_phone(known.team_phone) if known.team_phone else texts.phrase("nothing", "team_phone", known.how)


_SLOTS: Mapping[str, Callable[[Known], str]] = {
    "n": lambda known: str(known.number),
    "code": lambda known: spoken_code(known.alert.code),
    "time": _time,
    "category": _category,
    "place": _place,
    "km": lambda known: figures.distance(known.alert.about.metres or 0, known.language),
    "name": _name,
    "phone": lambda known: spoken_phone(known.resident_phone or ""),
    "member": lambda known: cut(known.member_name or "", NAME),
    "team": lambda known: team_said(known.alert.about.team_name or "", known.language),
    "team_phone": _team_phone,
    "word": lambda known: known.alert.about.word or "",
    "why": lambda known: texts.phrase("why", known.alert.about.why or "silence", known.how),
    "hotline": lambda known: known.hotline,
}
