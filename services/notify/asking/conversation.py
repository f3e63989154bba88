"""What to do about each text of somebody who asks for help: pure rules.

A request needs what is wrong and a commune; a village where the commune has several. At most three questions are
asked. Without a village it is filed all the same; without a commune it cannot be, and who asks is told to call. What
cannot wait is filed as soon as the commune is known.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.notify.alerts.night import is_night, morning_after
from services.notify.asking.places import Gazetteer, Meant, Village, villages_in
from shared.vietnam.names import search_key

MOST_QUESTIONS = 3
MOST_OPTIONS = 6
Question = Literal["what", "where", "which_commune", "village", "which_village"]

_ABOUT_THE_VILLAGE = ("village", "which_village")
_NUMBER = re.compile(r"(?:so |chon |option |number )?(\d{1,3})")
_DOES_NOT_KNOW = re.compile(
    r"0|(?:toi |minh |em )?(?:khong|ko|k|hong|chua) (?:biet|ro|nho)\b.*|bo qua|i (?:do not|dont) know.*|dont know"
)
_ANSWER_WITHIN = timedelta(hours=4)
_VILLAGE_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Option:
    """One numbered choice of a question."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A conversation so far, this text included in `said`."""

    said: str
    urgent: bool = False
    questions: int = 0
    question: Question | None = None
    """The one asked last."""
    options: tuple[Option, ...] = ()
    commune: Meant | None = None

    @property
    def may_ask(self) -> bool:
        return self.questions < MOST_QUESTIONS


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask this; a commune that is known by now is kept."""

    question: Question
    options: tuple[Option, ...] = ()
    commune: Meant | None = None


@dataclass(frozen=True, slots=True)
class File:
    """Enough is known."""

    commune: str
    village: str | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It cannot be found out this way: somebody has to talk with them."""


Step = Ask | File | GiveUp


def number_in(text: str) -> int | None:
    """A text that is nothing but a number: `2`, `so 2.`."""
    found = _NUMBER.fullmatch(search_key(text))
    return int(found[1]) if found else None


def communes_meant(heard: Heard, text: str, gazetteer: Gazetteer) -> list[Meant]:
    """The communes that may be meant by what is known and this text."""
    if heard.commune:
        return [heard.commune]
    if heard.question == "which_commune" and (chosen := _chosen(heard, text)):
        return [Meant(chosen.id, chosen.label)]
    found = gazetteer.in_text(text) or gazetteer.in_text(heard.said)
    if not found and heard.question in ("where", "which_commune"):
        found = gazetteer.begun_with(text, MOST_OPTIONS)
    return found[:MOST_OPTIONS]


def decide(heard: Heard, text: str, communes: Sequence[Meant], villages: Sequence[Village]) -> Step:
    """The next step. `villages`: those of all these communes."""
    if len(communes) > 1:
        communes = _told_apart(heard, communes, villages)
    if len(communes) != 1:
        return _ask_for_commune(heard, communes)
    commune = communes[0]
    return _with_commune(heard, text, commune, [one for one in villages if one.commune == commune.commune])


def give_up(heard: Heard) -> Step:
    """Nobody answers any more: file what is known, or give up."""
    return File(heard.commune.commune) if heard.commune else GiveUp()


def act_at(asked: Ask, at: datetime) -> datetime:
    """Until when an answer is waited for; nobody is woken to be told that we gave up."""
    if asked.question in _ABOUT_THE_VILLAGE:
        return at + _VILLAGE_WITHIN
    until = at + _ANSWER_WITHIN
    return morning_after(until) if is_night(until) else until


def _ask_for_commune(heard: Heard, communes: Sequence[Meant]) -> Step:
    if not heard.may_ask:
        return GiveUp()
    if communes:
        return Ask("which_commune", tuple(Option(one.commune, one.told_apart) for one in communes))
    return Ask("where" if heard.said else "what")


def _told_apart(heard: Heard, communes: Sequence[Meant], villages: Sequence[Village]) -> Sequence[Meant]:
    """Where only one of them has the village that was named, it is that one."""
    fits = [
        commune
        for commune in communes
        if villages_in(heard.said, [v for v in villages if v.commune == commune.commune], commune, answering=False)
    ]
    return fits if len(fits) == 1 else communes


def _with_commune(heard: Heard, text: str, commune: Meant, villages: Sequence[Village]) -> Step:
    answering = heard.question in _ABOUT_THE_VILLAGE
    if answering and (chosen := _chosen(heard, text)):
        return File(commune.commune, chosen.id)
    if answering and _DOES_NOT_KNOW.fullmatch(search_key(text)):
        return File(commune.commune)
    found = villages_in(text if answering else heard.said, villages, commune, answering=answering)
    if len(found) == 1 or (len(villages) == 1 and not answering):
        return File(commune.commune, (found or villages)[0].village_id)
    if not villages or heard.urgent or not heard.may_ask:
        return File(commune.commune)
    if found:
        return Ask("which_village", _options(found), commune)
    return Ask("village", _options(villages) if len(villages) <= MOST_OPTIONS else (), commune)


def _options(villages: Sequence[Village]) -> tuple[Option, ...]:
    """A village is told apart by its former commune where another has its name."""
    names = [village.name for village in villages]
    return tuple(
        Option(one.village_id, one.name if names.count(one.name) == 1 else f"{one.name} ({one.former_commune})")
        for one in villages[:MOST_OPTIONS]
    )


def _chosen(heard: Heard, text: str) -> Option | None:
    number = number_in(text)
    return heard.options[number - 1] if number and number <= len(heard.options) else None
