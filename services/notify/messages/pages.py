"""`/messages`: what became of each message, in plain words. Supervisors see their own units' messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.contacts.store import people_of
from services.notify.costs import store as costs
from services.notify.costs.prices import EVERYBODY, Standing, month_of, standing
from services.notify.costs.store import Account, Sum
from services.notify.messages.api import asked_for
from services.notify.messages.fate import Fate, fate
from services.notify.messages.listing import Listed, messages_for
from services.notify.messages.masking import without_numbers
from shared.identity import Principal, Role
from shared.service import service_of
from shared.vietnam.phones import masked
from shared.web.asking import SignedIn, has_role
from shared.web.languages import Translator, page_language
from shared.web.templates import Templates
from shared.web.times import moment

templates = Templates(Path(__file__).parent)
router = APIRouter(include_in_schema=False)


@router.get("/messages", response_class=HTMLResponse)
async def messages(
    request: Request, principal: SignedIn, code: str = "", to: str = "", cursor: str | None = None
) -> HTMLResponse:
    has_role(principal, Role.ADMINISTRATOR, Role.OPERATOR, Role.SUPERVISOR)
    service = service_of(request)
    asked = asked_for(code, to, cursor)
    async with service.store.read() as connection:
        found = await messages_for(connection, principal, asked) if asked else []
        cost = await _cost(connection, principal, month_of(service.clock.now()))
        people = await people_of(connection, {m.message.person for m in found if m.message.person}, ())
    names = {person.id: person.name for person in people}
    t, now = Translator(page_language(request)), service.clock.now()
    more = asked and len(found) == asked.most
    return templates.render(
        request,
        "messages.html",
        messages=[_shown(listed, names, t, now) for listed in found],
        code=code,
        to=to,
        filtered=bool(code or to),
        cost=cost,
        dong=_dong,
        who=principal.name,
        sees_channels=principal.role is not Role.OPERATOR,
        next_url=_address(code, to, str(found[-1].message.id)) if more else None,
        first_url=_address(code, to) if cursor else None,
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """This month's, of the viewer's unit or of the whole installation."""

    month: str
    sums: Sequence[Sum]
    account: Account | None

    @property
    def standing(self) -> Standing:
        return standing(self.account.spent_vnd, self.account.monthly_vnd) if self.account else "well"


async def _cost(connection: AsyncConnection, principal: Principal, month: str) -> Cost:
    code = (principal.unit or "") if principal.role is Role.SUPERVISOR else EVERYBODY
    accounts = await costs.accounts(connection, month, [code])
    return Cost(month, await costs.sums(connection, code, month), next(iter(accounts), None))


def _dong(amount: int) -> str:
    """`1.234.000`, as money is written here."""
    return f"{amount:,}".replace(",", ".")


def _address(code: str, to: str, cursor: str | None = None) -> str:
    wish = {"code": code, "to": to, "cursor": cursor}
    return "/messages?" + urlencode({name: value for name, value in wish.items() if value})


def _shown(listed: Listed, names: dict[str, str], t: Translator, now: datetime) -> dict[str, Any]:
    message: Any = listed.message
    found = fate(message, now)
    return {
        "row": message,
        "text": without_numbers(message.text),
        "codes": [*([message.code] if message.code else []), *listed.further_codes],
        "alert": t(f"messages.alert.{message.alert}"),
        "who": names.get(message.person) or t("messages.staff" if message.person else "messages.resident"),
        "to": masked(message.phone),
        "fate": sentence(found, t, now),
        "tone": found.tone,
        "attempts": [{"at": a.at, "text": attempt(a.outcome, a.reason, t)} for a in listed.attempts],
    }


def sentence(found: Fate, t: Translator, now: datetime) -> str:
    """What became of a message, as people say it."""
    values: dict[str, str] = {name: moment(at, now, t) for name, at in found.times.items()}
    if found.reason:
        values["reason"] = reason(found.reason, t)
    return t(f"messages.fate.{found.key}", **values)


def attempt(outcome: str, why: str | None, t: Translator) -> str:
    """One try, as people say it."""
    said = t(f"messages.outcome.{outcome}")
    return f"{said}: {reason(why, t)}" if why else said


def reason(word: str, t: Translator) -> str:
    """A channel's or our own word, as people say it."""
    key = f"messages.reason.{word}"
    return t(key) if t.has(key) else t("messages.reason.other", word=word)
