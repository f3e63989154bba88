"""A ticket as its resident reads it: the state, the team, and each thing that happened as a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.tracking.store import Happened, Tracked, in_time
from services.intake.tracking.story import asked_team
from shared.codes import spoken
from shared.web import times
from shared.web.languages import Translator

HELD = frozenset({"accepted", "in_progress", "waiting", "handed_over", "resolved", "reopened", "closed"})
"""States in which somebody has it, or had it to the end."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    event: str
    text: str


@dataclass(frozen=True, slots=True)
class Team:
    """Who was asked, or has it; the number only from acceptance, and only one its member chose to show."""

    name: str
    phone: str | None


def status_of(tracked: Tracked) -> str:
    return tracked.status.status if tracked.status else "new"


def targets_of(tracked: Tracked) -> tuple[datetime, datetime]:
    """Response and resolution due: as assign has them, else as promised."""
    latest = tracked.status or tracked.request
    return latest.response_due, latest.resolution_due


def team_of(tracked: Tracked) -> Team | None:
    """The team that has it, else the one asked first of those that did not decline."""
    status = tracked.status
    if status is None:
        return None
    if status.team_name and status.status in HELD:
        return Team(status.team_name, tracked.member.shown_phone if tracked.member else None)
    story = sorted((*tracked.timeline, *tracked.declined), key=in_time)
    asked = asked_team((happened.event, happened.facts) for happened in story)
    return Team(asked, None) if asked and status.status == "offered" else None


def timeline_of(tracked: Tracked, now: datetime, t: Translator) -> list[Entry]:
    """Oldest first, beginning with `submitted`."""
    submitted = Entry(tracked.request.submitted_at, "submitted", t("tracking.event.submitted"))
    return [submitted, *(Entry(each.at, each.event, sentence(each, now, t)) for each in tracked.timeline)]


def sentence(happened: Happened, now: datetime, t: Translator) -> str:
    """What happened, in the reader's language."""
    facts = happened.facts
    key = happened.event
    if key == "waiting" and facts.get("until"):
        key = "waiting_until"
    return t(f"tracking.event.{key}", **_values(facts, now, t))


def _values(facts: Mapping[str, Any], now: datetime, t: Translator) -> dict[str, Any]:
    """Every value that some sentence needs; each sentence takes its own."""
    asked = [str(each["team_name"]) for each in facts.get("asked", ())]
    return {
        "team": facts.get("team_name") or t("tracking.event.a_team"),
        "asked": t("tracking.event.and").join([", ".join(asked[:-1]), asked[-1]] if len(asked) > 1 else asked),
        "until": _moment(facts.get("until"), now, t),
        "closes_at": _moment(facts.get("closes_at"), now, t),
        "stars": facts.get("stars", ""),
        "into": spoken(facts["into"]) if facts.get("into") else "",
    }


def _moment(text: str | None, now: datetime, t: Translator) -> str:
    return times.moment(datetime.fromisoformat(text), now, t) if text else ""


def door_word(tracked: Tracked) -> str | None:
    """The two-digit number by which the resident knows the visitor, while somebody has it."""
    if status_of(tracked) not in HELD - {"resolved", "closed"}:
        return None
    words = [entry.facts["word"] for entry in tracked.timeline if entry.event == "accepted" and "word" in entry.facts]
    return str(words[-1]) if words else None
