"""`/messages/channels`: whether each channel works, in plain words, and a trial for administrators."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.notify.channels import closing
from services.notify.channels.channel import Channel
from services.notify.channels.fitting import Fitted
from services.notify.messages.channel_watch import Watch
from services.notify.messages.channels_shown import ChannelSeen, channels_seen
from services.notify.messages.fate import fate
from services.notify.messages.pages import attempt, reason, sentence
from services.notify.messages.trial import address_in, result_of, send_trial
from shared.identity import Principal, Role
from shared.service import service_of
from shared.web.asking import SignedIn, has_role
from shared.web.forms import same_origin
from shared.web.languages import Translator, page_language
from shared.web.problems import Problem
from shared.web.templates import Templates

templates = Templates(Path(__file__).parent)
_PAGE = "/messages/channels"
_TONES = {
    "well": ("good", "check"),
    "ailing": ("wait", "alert"),
    "down": ("late", "cross"),
    "unknown": ("calm", "info"),
}
_UNTRIED: dict[str, Any] = {"channel": "", "address": "", "wrong": "", "said": "", "tone": "", "is_open": False}


def channels_pages(fitted: Sequence[Fitted], watch: Watch) -> APIRouter:
    """Supervisors look; administrators also try a channel, and open one that was closed."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(same_origin)])
    channels = {one.channel.name: one.channel for one in fitted}

    def known(name: str) -> Channel:
        if name not in channels:
            raise Problem(404)
        return channels[name]

    async def page(request: Request, principal: Principal, trial: dict[str, Any], status: int = 200) -> HTMLResponse:
        service = service_of(request)
        t, now = Translator(page_language(request)), service.clock.now()
        seen = await channels_seen(service.store, fitted, watch, now)
        return templates.render(
            request,
            "channels.html",
            status=status,
            channels=[_shown(one, t) for one in seen],
            may_act=principal.role is Role.ADMINISTRATOR,
            who=principal.name,
            trial=_UNTRIED | trial,
            untried=_UNTRIED,
        )

    @router.get(_PAGE, response_class=HTMLResponse)
    async def look(request: Request, principal: SignedIn, channel: str = "", trial: str = "") -> HTMLResponse:
        has_role(principal, Role.ADMINISTRATOR, Role.SUPERVISOR)
        service = service_of(request)
        is_asked = bool(trial) and principal.role is Role.ADMINISTRATOR
        result = await result_of(service, channel, trial) if is_asked else None
        t, now = Translator(page_language(request)), service.clock.now()
        return await page(request, principal, _result(channel, result, t, now) if result else {})

    @router.post(_PAGE + "/{name}/trials")
    async def try_it(
        request: Request, principal: SignedIn, name: str, address: Annotated[str, Form(max_length=200)] = ""
    ) -> Response:
        has_role(principal, Role.ADMINISTRATOR)
        channel = known(name)
        found = address_in(address, channel.address_kind)
        if found is None:
            t = Translator(page_language(request))
            wrong = {"channel": name, "address": address, "wrong": t(f"channels.wrong_address.{_kind(channel)}")}
            return await page(request, principal, wrong, 422)
        trial = await send_trial(service_of(request), channel, found)
        return RedirectResponse(f"{_PAGE}?{urlencode({'channel': name, 'trial': trial})}#channel-{name}", 303)

    @router.post(_PAGE + "/{name}/opening")
    async def open_again(request: Request, principal: SignedIn, name: str) -> Response:
        has_role(principal, Role.ADMINISTRATOR)
        async with service_of(request).store.begin() as unit:
            await closing.open_again(unit, known(name).name)
        return RedirectResponse(f"{_PAGE}#channel-{name}", 303)

    return router


def _kind(channel: Channel) -> str:
    return channel.address_kind if channel.address_kind in ("phone", "email") else "chat"


def _result(channel: str, message: Any, t: Translator, now: datetime) -> dict[str, Any]:
    found = fate(message, now)
    is_open = message.state in ("queued", "sending", "sent")
    return {"channel": channel, "said": sentence(found, t, now), "tone": found.tone, "is_open": is_open}


def _shown(seen: ChannelSeen, t: Translator) -> dict[str, Any]:
    name, failure = seen.channel.name, seen.figures.last_failure
    key = f"channels.name.{name}"
    tone, picture = _TONES["down" if seen.closed else seen.health.state]
    details = "" if seen.closed else seen.health.details
    return {
        "name": name,
        "title": t(key) if t.has(key) else name,
        "kind": _kind(seen.channel),
        "two_way": seen.channel.two_way,
        "health": t("channels.closed_short") if seen.closed else t(f"channels.health.{seen.health.state}"),
        "tone": tone,
        "picture": picture,
        "details": reason(details, t) if t.has(f"messages.reason.{details}") else details,
        "closed": {"at": seen.closed.at, "reason": reason(seen.closed.reason, t)} if seen.closed else None,
        "is_left_alone": seen.is_left_alone,
        "figures": seen.figures,
        "failure": {"at": failure.at, "text": attempt(failure.outcome, failure.reason, t)} if failure else None,
        "tries": [{"at": one.at, "text": attempt(one.outcome, one.reason, t)} for one in reversed(seen.figures.tries)],
    }
