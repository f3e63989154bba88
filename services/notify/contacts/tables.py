"""Whom notify can reach: people on duty, residents of open requests, and what a phone's owner wishes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text, UniqueConstraint
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class Contact(NotifyTable, table=True):
    """A copy of a person on duty. Of one who left only id and revision stay, so that late news cannot revive him."""

    __table_args__ = (
        Index("contact_team", "team", postgresql_where="team is not null"),
        Index("contact_phone", "phone", postgresql_where="phone is not null"),
    )
    person_id: str = Field(sa_type=Text, primary_key=True)
    revision: int
    kind: str | None = Field(default=None, sa_type=Text)
    full_name: str = Field(default="", sa_type=Text)
    search_key: str = Field(default="", sa_type=Text)
    """The name without diacritics, lower case."""
    phone: str | None = Field(default=None, sa_type=Text)
    team: str | None = Field(default=None, sa_type=Text)
    role: str | None = Field(default=None, sa_type=Text)
    province: str = Field(default="", sa_type=Text)
    skills: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    languages: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    wake: bool = True
    phone_is_bad: bool = False
    """A channel said that the number is wrong or closed; forgotten when the number changes."""
    channels: list[str] | None = Field(default=None, sa_type=ARRAY(Text))
    """Ways out this person prefers, first choice first; None is the installation's default."""
    diacritics: bool | None = None
    """Whether texts are written with diacritics (dearer as SMS); None is the installation's default."""
    last_number: int = 0
    """The last short number given to this person."""


class Resident(NotifyTable, table=True):
    """Who asked, a row a request: several requests can be one ticket."""

    __table_args__ = (Index("resident_code", "code"), Index("resident_phone", "phone"))
    request_id: UUID = Field(primary_key=True)
    revision: int = 0
    """0 as submitted, then the number of the correction."""
    code: str = Field(sa_type=Text)
    phone: str = Field(sa_type=Text)
    name: str | None = Field(default=None, sa_type=Text)
    language: str = Field(default="vi", sa_type=Text)
    submitted_at: datetime = Field(sa_type=TIME)


class LinkedAddress(NotifyTable, table=True):
    """A chat or mailbox that the owner of a phone linked to it: one of each kind a phone, one phone an address."""

    __table_args__ = (UniqueConstraint("kind", "address", name="linkedaddress_address"),)
    kind: str = Field(sa_type=Text, primary_key=True)
    """`channels.channel.AddressKind`, all but `phone`."""
    phone: str = Field(sa_type=Text, primary_key=True)
    address: str = Field(sa_type=Text)
    linked_at: datetime = Field(sa_type=TIME)
    is_bad: bool = False
    """The channel said that nobody is there any more; forgotten when it is linked again."""


class PhoneWish(NotifyTable, table=True):
    """What the owner of a number asked of us by SMS, and when we last explained ourselves to him."""

    phone: str = Field(sa_type=Text, primary_key=True)
    stopped_at: datetime | None = Field(default=None, sa_type=TIME)
    """NGUNG: nothing but answers is sent to this phone. A later request, or a command, lifts it."""
    helped_at: datetime | None = Field(default=None, sa_type=TIME)
