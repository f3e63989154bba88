"""Whether a message is still wanted, judged just before it is sent by the newest that is known of its ticket."""

from dataclasses import dataclass

_ASKING = frozenset({"new", "offered"})
_AT_WORK = frozenset({"accepted", "in_progress", "waiting", "handed_over", "reopened"})
_OPEN = _ASKING | _AT_WORK | {"unrouted"}

WANTED_WHILE: dict[str, frozenset[str]] = {
    "offered": _ASKING,
    "accepted": _AT_WORK,
    "reopened": _AT_WORK | _ASKING,
    "resolved": frozenset({"resolved"}),
    "unrouted": frozenset({"unrouted"}),
    "warned": _OPEN,
    "escalated": _OPEN,
    "submitted": _OPEN | {"resolved", "closed"},
}
"""Statuses in which an alert still helps anybody; alerts that are not named here always do."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A message and the newest that is known of its ticket; `None` where nothing is."""

    alert: str
    version: int
    person: str | None
    team: str | None
    stopped: bool
    """Its receiver wrote NGUNG."""
    ticket_version: int | None = None
    status: str | None = None
    ticket_team: str | None = None
    ticket_member: str | None = None
    offer_ended: int | None = None
    """The version at which this team's offer last ended."""
    gone_from_duty: bool = False
    """Its receiver left, or has another number now: this phone may be a stranger's."""
    may_be_woken: bool = True
    """False for who wishes to sleep even through a scam."""


def unwanted(facts: Facts) -> str | None:
    """Why it is not to be sent (a word of `messages.reasons`), or None where it is wanted."""
    if facts.stopped and facts.alert != "answer":
        return "stopped"
    if facts.gone_from_duty and facts.alert != "answer":
        return "gone_from_duty"
    if facts.alert == "offered" and facts.offer_ended is not None and facts.offer_ended > facts.version:
        return "taken"
    if facts.ticket_version is None or facts.ticket_version <= facts.version:
        return None
    if facts.status not in WANTED_WHILE.get(facts.alert, {facts.status}):
        return "taken" if facts.alert == "offered" else "overtaken"
    return "overtaken" if _somebody_else_comes(facts) else None


def _somebody_else_comes(facts: Facts) -> bool:
    """A member's text holds the resident's number; a resident's names who comes."""
    if facts.person is not None:
        return facts.alert in ("accepted", "reopened") and facts.ticket_member != facts.person
    return facts.alert == "accepted" and facts.team is not None and facts.ticket_team != facts.team
