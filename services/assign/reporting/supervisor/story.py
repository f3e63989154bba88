"""A ticket's whole story as a supervisor reads it: who was considered and why, who was asked, what happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.assign.offers.tables import Consideration, Offer
from services.assign.tickets.tables import Change
from shared.web.languages import Translator

SHOWN = 15
_QUIET = frozenset({"taken"})
"""Entries that say nothing the one before has not said."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A team that was considered: metres, load when it was looked at, the word why; and its offer, if it had one."""

    team: str
    name: str
    metres: float
    open: float
    skills: bool | None
    why: str
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the history: what happened, who did it, and what that person wrote."""

    at: datetime
    text: str
    who: str
    note: str | None


def considered(looks: Iterable[Consideration], offers: Sequence[Offer]) -> list[Looked]:
    """Everybody considered, nearest first, with the answer of those who were asked; who was asked is never cut off."""
    last = {offer.team: offer for offer in offers}
    teams: dict[str, Looked] = {}
    for look in looks:
        for seen in look.candidates:
            if seen["why"] == "chosen" or seen["team"] not in teams:
                teams[seen["team"]] = _looked(seen)
    for offer in last.values():
        named = teams.get(offer.team) or Looked(
            offer.team, offer.team_name, offer.metres, offer.open, None, "reassigned"
        )
        teams[offer.team] = replace(named, offer=offer)
    ordered = sorted(teams.values(), key=lambda looked: looked.metres)
    return [looked for place, looked in enumerate(ordered) if place < SHOWN or looked.offer]


def told(changes: Sequence[Change], names: Mapping[str, str], t: Translator) -> list[Told]:
    """The history in sentences, oldest first; `names` of people and teams by id or code."""
    entries = [(change, change.event.rpartition(".")[2]) for change in changes]
    return [
        Told(change.at, _sentence(change, name, names, t), _who(change, names, t), change.note)
        for change, name in entries
        if name not in _QUIET
    ]


def _looked(seen: Mapping[str, Any]) -> Looked:
    return Looked(seen["team"], seen["name"], seen["metres"], seen["open"], seen["skills"], seen["why"])


def _sentence(change: Change, name: str, names: Mapping[str, str], t: Translator) -> str:
    facts = change.facts
    values = facts | {
        "teams": ", ".join(offer["team_name"] for offer in facts.get("offers", [])),
        "team": names.get(change.code, ""),
        "declined_by": names.get(facts.get("declined_by", ""), facts.get("declined_by", "")),
        "to_team": names.get(facts.get("to_team", ""), facts.get("to_team", "")),
        "clock": t(f"supervisor.clock.{facts['clock']}") if "clock" in facts else "",
        "level": t(f"supervisor.level.{facts['level']}") if "level" in facts else "",
    }
    key = f"supervisor.told.{name}" if t.has(f"supervisor.told.{name}") else f"tickets.timeline.{name}"
    return t(key, **values) if t.has(key) else name


def _who(change: Change, names: Mapping[str, str], t: Translator) -> str:
    """A name where we know one; for what a timer or a rule did, nobody."""
    if change.actor_kind == "system":
        return ""
    return names.get(change.actor_id or "") or t(f"supervisor.actor.{change.actor_kind}")
