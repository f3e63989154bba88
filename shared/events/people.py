"""Published by assign. Holds personal data: a stream of its own."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from shared.events.envelope import Event


class Changed(Event):
    """A person on duty is new or changed. notify keeps contacts, intake the names and chosen phones of members."""

    type: ClassVar[str] = "people.changed"
    stream: ClassVar[str] = "people"

    person_id: str
    revision: int
    """Counts up with each change of the person; what is older is ignored."""
    kind: Literal["member", "supervisor", "operator"]
    full_name: str
    phone: str
    shown_phone: str | None = None
    """What residents may see; None where the member shows none."""
    team: str | None = None
    team_name: str | None = None
    role: Literal["leader", "member"] | None = None
    unit: str
    """Code of the unit: the team's commune, or the supervisor's."""
    unit_path: list[str]
    province: str
    skills: list[str] = Field(default_factory=list)
    languages: list[str] = Field(default_factory=list)
    wake: bool = True
    """Leaders are woken for urgent work unless they opted out."""
    changed_at: datetime


class Removed(Event):
    """A person is on duty no more; copies are deleted."""

    type: ClassVar[str] = "people.removed"
    stream: ClassVar[str] = "people"

    person_id: str
    revision: int
    removed_at: datetime
