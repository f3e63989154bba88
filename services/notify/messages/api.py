"""`GET /api/v1/messages`: what was said, to whom, and what became of it. And how a person wishes to be written to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.notify.channels import mailboxes
from services.notify.channels.fitting import ways_out
from services.notify.contacts.store import people_of, set_preferences
from services.notify.messages.letters import wish_for_letters
from services.notify.messages.listing import Asked, Listed, messages_for
from services.notify.messages.masking import without_numbers
from shared.codes import parse_code
from shared.identity import Principal, Role
from shared.service import service_of
from shared.vietnam.phones import masked, parse_phone
from shared.web.api import ApiRoute
from shared.web.asking import SignedIn, has_role
from shared.web.languages import say
from shared.web.problems import Problem

router = APIRouter(prefix="/api/v1/messages", route_class=ApiRoute, tags=["messages"])
PAGE = 50
ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
"""A mailbox without an account of its own for letters outside ASCII (RFC 5321)."""


class AttemptShown(BaseModel):
    """One try."""

    at: datetime
    outcome: str
    reason: str | None = None


class MessageShown(BaseModel):
    """One message. Numbers (`to`, and those in `text`) are masked for all but administrators.

    `encoding` (gsm7 or ucs2) and `parts` are as an SMS; `price` is in đồng, null where no tariff says anything.
    """

    id: UUID
    code: str | None
    codes: list[str]
    alert: str
    to: str
    person: str | None
    channel: str
    text: str
    parts: int
    encoding: str | None
    price: int | None
    state: str
    reason: str | None
    resent: bool
    created_at: datetime
    not_before: datetime
    attempts: list[AttemptShown]


class MessagePage(BaseModel):
    """The newest first; `next` is the cursor of the following page."""

    items: list[MessageShown]
    next: str | None = None


class Preferences(BaseModel):
    """How a person on duty is written to; null is the installation's default.

    `email` is linked once its owner pressed the button behind the link in the letter that goes there; null ends the
    link; left out, nothing changes.
    """

    channels: list[str] | None = Field(default=None, min_length=1, max_length=10)
    diacritics: bool | None = None
    email: str | None = Field(default=None, max_length=254, pattern=ADDRESS)


@router.get("")
async def messages(
    request: Request, principal: SignedIn, code: str | None = None, to: str | None = None, cursor: str | None = None
) -> MessagePage:
    """Messages that the caller may see; an unknown code has none."""
    has_role(principal, Role.ADMINISTRATOR, Role.OPERATOR, Role.SUPERVISOR, Role.SYSTEM)
    asked = asked_for(code, to, cursor)
    if asked is None:
        return MessagePage(items=[])
    async with service_of(request).store.read() as connection:
        found = await messages_for(connection, principal, asked)
    return MessagePage(
        items=[_shown(listed, principal) for listed in found],
        next=str(found[-1].message.id) if len(found) == asked.most else None,
    )


@router.put("/preferences/{person}", status_code=204)
async def prefer(request: Request, principal: SignedIn, person: str, wish: Preferences) -> None:
    """Ways out in the order of preference, and whether with diacritics. Administrators only."""
    has_role(principal, Role.ADMINISTRATOR)
    service = service_of(request)
    ways = ways_out(service.settings)
    if any(channel not in ways for channel in wish.channels or []):
        raise Problem(422, errors={"channels": say("messages.unknown_channel")})
    if wish.email and mailboxes.KIND not in ways:
        raise Problem(422, errors={"email": say("messages.unknown_channel")})
    async with service.store.begin() as unit:
        if not await set_preferences(unit, person, list(wish.channels) if wish.channels else None, wish.diacritics):
            raise Problem(404)
        if "email" in wish.model_fields_set:
            (who,) = await people_of(unit.connection, [person], ())
            await wish_for_letters(unit, who, wish.email, service.clock.now())
    for cycle in service.cycles:
        cycle.wake()


def asked_for(code: str | None, to: str | None, cursor: str | None) -> Asked | None:
    """None where nothing can be found: a mistyped code, number or cursor is no error, there is just nothing."""
    ticket, phone = parse_code(code) if code else None, parse_phone(to) if to else None
    if (code and not ticket) or (to and not phone):
        return None
    try:
        return Asked(ticket, phone, UUID(cursor) if cursor else None, PAGE)
    except ValueError:
        return None


def _shown(listed: Listed, principal: Principal) -> MessageShown:
    message: Any = listed.message
    sees_numbers = principal.role is Role.ADMINISTRATOR
    return MessageShown(
        id=message.id,
        code=message.code,
        codes=[*([message.code] if message.code else []), *listed.further_codes],
        alert=message.alert,
        to=message.phone if sees_numbers else masked(message.phone),
        person=message.person,
        channel=message.channel,
        text=message.text if sees_numbers else without_numbers(message.text),
        parts=message.parts,
        encoding=message.encoding,
        price=message.price,
        state=message.state,
        reason=message.reason,
        resent=message.resent,
        created_at=message.created_at,
        not_before=message.not_before,
        attempts=[AttemptShown(at=a.at, outcome=a.outcome, reason=a.reason) for a in listed.attempts],
    )
