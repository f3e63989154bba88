"""Links in letters: "this is my mailbox" and "no more letters". A link is opened by scanners too: GET changes nothing.

Unsubscribing is one POST without cookie or question, as RFC 8058 asks, and its button for people.
"""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from itsdangerous import BadSignature, Signer, TimestampSigner

from services.notify.channels import mailboxes
from services.notify.channels.mailboxes import Known
from shared.service import Service, service_of
from shared.web.problems import Problem
from shared.web.templates import Templates

CONFIRM_WITHIN = timedelta(days=7)
templates = Templates(Path(__file__).parent)


class Links:
    """Makes links and reads them: ids, signed for one purpose each. An id is no address of anybody."""

    def __init__(self, public_url: str, secret_key: str) -> None:
        self._base = f"{public_url}/hooks/email"
        self._leaving = Signer(secret_key, salt="caunoi.email.unsubscribe")
        self._joining = TimestampSigner(secret_key, salt="caunoi.email.confirm")

    def unsubscribe(self, mailbox: UUID) -> str:
        return f"{self._base}/unsubscribe/{self._leaving.sign(mailbox.hex).decode()}"

    def confirm(self, mailbox: UUID) -> str:
        return f"{self._base}/confirm/{self._joining.sign(mailbox.hex).decode()}"

    def leaving(self, token: str) -> UUID | None:
        """Who unsubscribes, however old the letter is; None where we did not sign it."""
        return _id(self._leaving, token)

    def joining(self, token: str) -> UUID | None:
        """Who confirms; None where it is too old or we did not sign it."""
        return _id(self._joining, token, max_age=int(CONFIRM_WITHIN.total_seconds()))


def routes(links: Links) -> APIRouter:
    """`/hooks/email/…`"""
    router = APIRouter(prefix="/hooks/email", include_in_schema=False)

    @router.get("/confirm/{token}")
    async def ask_to_confirm(request: Request, token: str) -> HTMLResponse:
        mailbox = await _found(service_of(request), links.joining(token))
        return _page(request, "confirm", mailbox)

    @router.post("/confirm/{token}")
    async def confirm(request: Request, token: str) -> HTMLResponse:
        service = service_of(request)
        mailbox = await _found(service, links.joining(token))
        async with service.store.begin() as unit:
            await mailboxes.confirm(unit, mailbox, service.clock.now())
        return _page(request, "confirmed", mailbox)

    @router.get("/unsubscribe/{token}")
    async def ask_to_unsubscribe(request: Request, token: str) -> HTMLResponse:
        mailbox = await _found(service_of(request), links.leaving(token))
        return _page(request, "unsubscribed" if mailbox.unsubscribed else "unsubscribe", mailbox)

    @router.post("/unsubscribe/{token}")
    async def unsubscribe(request: Request, token: str) -> HTMLResponse:
        """The mailbox's program and its owner both post here; the body does not matter."""
        service = service_of(request)
        mailbox = await _found(service, links.leaving(token))
        async with service.store.begin() as unit:
            await mailboxes.unsubscribe(unit, mailbox, service.clock.now())
        return _page(request, "unsubscribed", mailbox)

    return router


async def _found(service: Service, id: UUID | None) -> Known:
    if id is None:
        raise Problem(404)
    async with service.store.read() as connection:
        mailbox = await mailboxes.find(connection, id)
    if mailbox is None:
        raise Problem(404)
    return mailbox


def _page(request: Request, what: str, mailbox: Known) -> HTMLResponse:
    """The address is shown cut: the link may have been passed on."""
    name, _, domain = mailbox.address.partition("@")
    return templates.render(request, "mailbox.html", what=what, address=f"{name[:1]}•••@{domain}")


def _id(signer: Signer, token: str, **age: int) -> UUID | None:
    try:
        return UUID(signer.unsign(token.encode("utf-8", "replace"), **age).decode())
    except (BadSignature, ValueError):
        return None
