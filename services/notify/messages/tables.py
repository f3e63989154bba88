"""Messages and what became of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.notify.base import NotifyTable
from shared.store import TIME


class Message(NotifyTable, table=True):
    """One alert to one address on one channel: `queued → sending → sent → delivered | failed | expired`."""

    __table_args__ = (
        Index("message_due", "channel", "priority", "not_before", postgresql_where="state = 'queued'"),
        Index("message_leased", "channel", "lease_until", postgresql_where="state = 'sending'"),
        Index("message_code", "code", "id"),
        Index("message_person", "person", "id", postgresql_where="person is not null"),
        Index("message_phone", "phone", "id"),
        Index("message_lately", "phone", "sent_at", postgresql_where="sent_at is not null"),
        Index("message_channel", "channel", "state_at"),
        Index("message_commune", "commune", "id"),
        Index("message_provider", "channel", "provider_id", postgresql_where="provider_id is not null"),
        Index("message_offer", "offer_id", postgresql_where="offer_id is not null"),
        Index("message_bundled", "bundled_in", postgresql_where="bundled_in is not null"),
        Index("message_receipt_due", "receipt_due", postgresql_where="receipt_due is not null"),
        Index("message_goes_on", "goes_on_from", postgresql_where="goes_on_from is not null"),
    )
    id: UUID = Field(primary_key=True)
    created_at: datetime = Field(sa_type=TIME)
    alert: str = Field(sa_type=Text)
    code: str | None = Field(default=None, sa_type=Text)
    version: int = 0
    """The ticket's version it speaks of."""
    person: str | None = Field(default=None, sa_type=Text)
    """Id of a person on duty; None is a resident, or somebody unknown who wrote to us."""
    phone: str = Field(sa_type=Text)
    """Empty for somebody who wrote by a chat that is linked to no phone."""
    address: str | None = Field(default=None, sa_type=Text)
    """Where a chat is answered that is linked to no phone; None is the receiver's linked address, or the phone."""
    team: str | None = Field(default=None, sa_type=Text)
    offer_id: UUID | None = None
    province: str = Field(default="", sa_type=Text)
    commune: str | None = Field(default=None, sa_type=Text)
    unit_path: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))

    channel: str = Field(sa_type=Text)
    further_channels: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    """Ways out that are left where this one fails."""
    text: str = Field(sa_type=Text)
    parts: int = Field(sa_type=SmallInteger)
    encoding: str | None = Field(default=None, sa_type=Text)
    """`gsm7` or `ucs2`, as an SMS; other ways take any text."""
    price: int | None = None
    """Đồng, by the tariff that held when it was sent; None where no tariff says anything."""
    template: str | None = Field(default=None, sa_type=Text)
    """Key of `alerts/texts.toml`."""
    slots: dict[str, str] = Field(default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": "{}"})
    """What stands in the template's slots, properly written."""
    on_phones: str | None = Field(default=None, sa_type=Text)
    """`texts.Manner` of SMS to this person, so that the text can be written anew on another way."""
    number: int | None = None
    """The receiver's own short number of the ticket."""

    state: str = Field(default="queued", sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    """Why it failed, waits or expired: a word of `messages.reasons`, or the channel's own."""
    state_at: datetime = Field(sa_type=TIME)
    sent_at: datetime | None = Field(default=None, sa_type=TIME)
    on_its_way_at: datetime | None = Field(default=None, sa_type=TIME)
    """When the channel said that a network has it."""
    delivered_at: datetime | None = Field(default=None, sa_type=TIME)
    resent: bool = False
    """Sent again after a crash or a break in mid-send, without knowing whether the first one left."""

    priority: int = Field(default=1, sa_type=SmallInteger)
    """0 goes before 1, and 1 before 2: `alerts.policy.priority`."""
    not_before: datetime = Field(sa_type=TIME)
    expires_at: datetime = Field(sa_type=TIME)
    tries: int = Field(default=0, sa_type=SmallInteger)
    claimed_by: UUID | None = None
    lease_until: datetime | None = Field(default=None, sa_type=TIME)
    """Real time, whatever the clock is set to: afterwards its sender counts as dead."""
    provider_id: str | None = Field(default=None, sa_type=Text)
    """The channel's own id, by which its receipts name the message."""
    bundled_in: UUID | None = None
    """The message that spoke of this one's ticket as well; what becomes of that one becomes of this."""
    bundles: bool = False
    """Its text speaks of the tickets of others, too: those whose `bundled_in` it is."""
    receipt_due: datetime | None = Field(default=None, sa_type=TIME)
    """When it goes on by another way, unless a receipt says that it arrived."""
    goes_on_from: UUID | None = None
    """The message that failed, or had no receipt, on the first of the ways before this one."""
    correlation: str = Field(sa_type=Text)


class ChannelTokens(NotifyTable, table=True):
    """How many messages a channel may take now; its row is the lock by which all senders of a channel share them."""

    channel: str = Field(sa_type=Text, primary_key=True)
    tokens: float
    at: datetime = Field(sa_type=TIME)


class MessageTicket(NotifyTable, table=True):
    """A further ticket of which a message speaks, beside `Message.code`."""

    code: str = Field(sa_type=Text, primary_key=True)
    message_id: UUID = Field(primary_key=True)


class Attempt(NotifyTable, table=True):
    """One try to send a message that did not go well. The one that did stands in the message itself."""

    message_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=SmallInteger, primary_key=True)
    at: datetime = Field(sa_type=TIME)
    outcome: str = Field(sa_type=Text)
    """temporary, permanent, interrupted."""
    reason: str | None = Field(default=None, sa_type=Text)
