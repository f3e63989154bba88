"""Tickets, the requests they are made of, and the history of every change."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.assign.base import AssignTable
from shared.store import TIME

_RUNS = "{}_met_at is null and ended_at is null"


class Ticket(AssignTable, table=True):
    """The work made of a request. Every ticket that has not ended has a next action and a time for it."""

    __table_args__ = (
        CheckConstraint("status in ('closed', 'cancelled') or next_at is not null", name="ticket_has_next_action"),
        Index("ticket_step", "next_at", "response_due", postgresql_where="next_action not in ('widen', 'look_again')"),
        Index("ticket_ask", "next_at", "response_due", postgresql_where="next_action in ('widen', 'look_again')"),
        Index("ticket_unit", "unit_path", postgresql_using="gin"),
        Index("ticket_status", "status", "response_due"),
        Index("ticket_team", "team", "status"),
        Index("ticket_commune", "commune_code", "submitted_at"),
        Index("ticket_submitted", "submitted_at", "code"),
        Index("ticket_seeking", "commune", postgresql_where="seeking"),
        Index("ticket_seeking_near", "lat", "lon", postgresql_where="seeking"),
        Index("ticket_commune_response", "commune_code", "response_due"),
        Index("ticket_commune_resolution", "commune_code", "resolution_due"),
        Index("ticket_response_runs", "response_due", postgresql_where=_RUNS.format("response")),
        Index("ticket_resolution_runs", "resolution_due", postgresql_where=_RUNS.format("resolution")),
        Index("ticket_uncounted", "code", postgresql_where="counted is null"),
    )
    code: str = Field(sa_type=Text, primary_key=True)
    version: int = 1
    status: str = Field(sa_type=Text)
    category: str = Field(sa_type=Text)
    urgent: bool = False
    channel: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    requests: list[UUID] = Field(sa_type=ARRAY(Uuid))

    province: str = Field(sa_type=Text)
    commune: str = Field(sa_type=Text)
    commune_code: str = Field(sa_type=Text)
    commune_name: str = Field(sa_type=Text)
    village_id: str | None = Field(default=None, sa_type=Text)
    village_name: str | None = Field(default=None, sa_type=Text)
    former_commune: str | None = Field(default=None, sa_type=Text)
    unit_path: list[str] = Field(sa_type=ARRAY(Text))
    lat: float
    """Where distances are measured from: the pin, else the commune's point."""
    lon: float
    near: str = Field(sa_type=Text)
    """Key of the commune whose teams come first: the village's, else the one the pin lies in, else the one named."""

    submitted_at: datetime = Field(sa_type=TIME)
    policy: dict[str, Any] = Field(sa_type=JSONB)
    """What was promised, frozen: `services.assign.sla.promised.Promised` as a dictionary."""
    pauses: list[list[str | None]] = Field(default_factory=list, sa_type=JSONB)
    """Spans that do not count, as ISO times; the last may have no end."""
    response_due: datetime = Field(sa_type=TIME)
    response_met_at: datetime | None = Field(default=None, sa_type=TIME)
    response_breached_at: datetime | None = Field(default=None, sa_type=TIME)
    response_worked_s: float | None = None
    """Working seconds until it was met, pauses left out."""
    resolution_due: datetime = Field(sa_type=TIME)
    resolution_met_at: datetime | None = Field(default=None, sa_type=TIME)
    resolution_breached_at: datetime | None = Field(default=None, sa_type=TIME)
    resolution_worked_s: float | None = None
    marks: dict[str, str] = Field(default_factory=dict, sa_type=JSONB)
    """Steps of the clocks already done, each once: name → ISO time."""
    next_action: str | None = Field(default=None, sa_type=Text)
    next_at: datetime | None = Field(default=None, sa_type=TIME)
    widen_at: datetime | None = Field(default=None, sa_type=TIME)
    """When the next team is asked, or, while it is `seeking`, when it is looked at again by itself."""
    seeking: bool = False
    """Nobody has it and everybody within reach was asked, or none could be: looked at again when a place frees."""
    left_out: list[str] = Field(default_factory=list, sa_type=ARRAY(Text), sa_column_kwargs={"server_default": "{}"})
    """Teams that declined it, gave it back or had it taken from them: silence does not bring it to them again."""
    unrouted_reason: str | None = Field(default=None, sa_type=Text)

    team: str | None = Field(default=None, sa_type=Text)
    team_name: str | None = Field(default=None, sa_type=Text)
    member: str | None = Field(default=None, sa_type=Text)
    word: str | None = Field(default=None, sa_type=Text)
    accepted_at: datetime | None = Field(default=None, sa_type=TIME)
    waiting_until: datetime | None = Field(default=None, sa_type=TIME)
    resolved_at: datetime | None = Field(default=None, sa_type=TIME)
    outcome: str | None = Field(default=None, sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=TIME)
    reopened: int = 0
    stars: int | None = None
    comment: str | None = Field(default=None, sa_type=Text)
    counted: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    """What the figures hold of it: `services.assign.counting.facts`."""


class TicketRequest(AssignTable, table=True):
    """One request of a ticket, with what the accepting member must know. Personal data."""

    __tablename__: Any = "ticket_request"
    __table_args__ = (Index("ticket_request_code", "code"), Index("ticket_request_phone", "phone"))
    id: UUID = Field(primary_key=True)
    code: str = Field(sa_type=Text)
    phone: str = Field(sa_type=Text)
    requester_name: str | None = Field(default=None, sa_type=Text)
    description: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    submitted_at: datetime = Field(sa_type=TIME)
    revision: int = 0


class Change(AssignTable, table=True):
    """History: every change has an actor, a time and a reason. Figures are made from it."""

    __table_args__ = (Index("change_code", "code", "id"), Index("change_event", "event", "at"))
    id: int | None = Field(default=None, sa_type=BigInteger, sa_column_args=(Identity(always=True),), primary_key=True)
    code: str = Field(sa_type=Text)
    version: int
    at: datetime = Field(sa_type=TIME)
    event: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    actor_kind: str = Field(sa_type=Text)
    actor_id: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    """What a person wrote, word for word."""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)


class WrongGuess(AssignTable, table=True):
    """A wrong pair of code and last four digits; too many are refused for an hour."""

    __tablename__: Any = "wrong_guess"
    __table_args__ = (Index("wrong_guess_code", "code", "at"), Index("wrong_guess_address", "address", "at"))
    id: int | None = Field(default=None, sa_type=BigInteger, sa_column_args=(Identity(always=True),), primary_key=True)
    code: str = Field(sa_type=Text)
    address: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=TIME)
