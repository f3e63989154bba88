"""An alert: something that is owed to somebody. Plain values; they can wait in a row until that somebody is known."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Kind = Literal[
    "submitted",
    "offered",
    "accepted",
    "taken",
    "resolved",
    "closed",
    "reopened",
    "unrouted",
    "warned",
    "escalated",
    "answer",
]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Audience(_Value):
    """To whom it is owed: a kind, and whose.

    `request` (id): the resident of one request. `resident` (code): all residents of a ticket. `person` (id): one on
    duty. `leader` (team): its leader. `helper` (team): one more member, who has the skill. `rest` (team): who else
    is told, when `alerts/rest.py` says so. `asked` (code): leaders of the teams that still may take it. `alerted`
    (team): those of a team who were told and think the ticket theirs.
    """

    kind: Literal["request", "resident", "person", "leader", "helper", "rest", "asked", "alerted"]
    key: str


class About(_Value):
    """What a text may say of a ticket."""

    category: str
    urgent: bool = False
    village: str | None = None
    former_commune: str | None = None
    commune: str = ""
    due: datetime | None = None
    """The time that the text promises or reminds of."""
    team: str | None = None
    team_name: str | None = None
    member: str | None = None
    word: str | None = None
    metres: float | None = None
    why: str | None = None
    """Key of a sentence in `texts.toml`, `[why]`: the reason of an escalation or of having nobody to ask."""


class Territory(_Value):
    """Where a ticket belongs: who may see its messages, and the subject of its events."""

    province: str = ""
    commune: str | None = None
    unit_path: tuple[str, ...] = ()


class Alert(_Value):
    """`text` is a key of `texts.toml`; `version` the ticket's version that caused it."""

    kind: Kind
    text: str
    to: Audience
    code: str
    version: int
    at: datetime
    about: About
    territory: Territory
    team: str | None = None
    """The team concerned: the one asked, or the one that comes."""
    offer_id: UUID | None = None
    not_before: datetime | None = None
    correlation: str
