"""What channels remember: simulated phones, closed channels, mailboxes, incoming parts, what Zalo granted us."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, LargeBinary, SmallInteger, Text, UniqueConstraint
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class SimulatedText(NotifyTable, table=True):
    """A text on a simulated phone. Its id is the message's, so that it arrives once however often it is sent."""

    __table_args__ = (Index("simulatedtext_phone", "phone", "at"), Index("simulatedtext_at", "at"))
    id: UUID = Field(primary_key=True)
    phone: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=TIME)
    text: str = Field(sa_type=Text)
    alert: str = Field(sa_type=Text)
    code: str | None = Field(default=None, sa_type=Text)


class SimulatedPhone(NotifyTable, table=True):
    """A phone that does not simply receive."""

    phone: str = Field(sa_type=Text, primary_key=True)
    behaviour: str = Field(sa_type=Text)
    """`lost` (taken, but no receipt comes), or one of the simulator's words of refusal."""


class ClosedChannel(NotifyTable, table=True):
    """A channel whose other side said "never again": nothing is sent there until an administrator opens it."""

    channel: str = Field(sa_type=Text, primary_key=True)
    closed_at: datetime = Field(sa_type=TIME)
    reason: str = Field(sa_type=Text)
    """A word of `messages.reason`."""


class Mailbox(NotifyTable, table=True):
    """An address that somebody on duty gave for a phone. Its id stands, signed, in links: no address does."""

    __table_args__ = (UniqueConstraint("address", "phone", name="mailbox_address"),)
    id: UUID = Field(primary_key=True)
    address: str = Field(sa_type=Text)
    phone: str = Field(sa_type=Text)
    asked_at: datetime = Field(sa_type=TIME)
    confirmed_at: datetime | None = Field(default=None, sa_type=TIME)
    """When its owner pressed the button in our letter."""
    unsubscribed_at: datetime | None = Field(default=None, sa_type=TIME)


class SmppText(NotifyTable, table=True):
    """A text, or a part of one, as a message centre brought it: repeats are known by it, parts are joined from it."""

    __table_args__ = (
        Index("smpptext_at", "at"),
        Index("smpptext_parts", "source", "reference", postgresql_where="not is_handed_over"),
        Index("smpptext_waiting", "at", postgresql_where="not is_handed_over"),
    )
    fingerprint: str = Field(sa_type=Text, primary_key=True)
    """Of all that its sender and the network wrote in it."""
    at: datetime = Field(sa_type=TIME)
    source: str = Field(sa_type=Text)
    destination: str = Field(sa_type=Text)
    coding: int = Field(sa_type=SmallInteger)
    """data_coding."""
    body: bytes = Field(sa_type=LargeBinary)
    """Empty once it was handed over."""
    reference: int = Field(sa_type=Integer)
    """The same in all parts of a text."""
    total: int = Field(sa_type=SmallInteger)
    position: int = Field(sa_type=SmallInteger)
    """From 1."""
    is_handed_over: bool = False


class ZaloGrant(NotifyTable, table=True):
    """The pair of tokens by which we act for the Official Account. Its row is the lock under which it is renewed."""

    app_id: str = Field(sa_type=Text, primary_key=True)
    access_token: str = Field(sa_type=Text)
    refresh_token: str = Field(sa_type=Text)
    """Good for one use."""
    taken_at: datetime = Field(sa_type=TIME)
    """Real time, as `ends_at` of the access token."""
    ends_at: datetime = Field(sa_type=TIME)
    lost_at: datetime | None = Field(default=None, sa_type=TIME)
    """Zalo refused to renew it: an administrator has to grant again."""
    lost_why: str | None = Field(default=None, sa_type=Text)


class ZaloVisit(NotifyTable, table=True):
    """When somebody last touched our Official Account: he may be written to for a week."""

    user_id: str = Field(sa_type=Text, primary_key=True)
    at: datetime = Field(sa_type=TIME)
