"""What Kannel tells us: receipts (it can only GET for them) and texts. Kept and committed first, then answered.

Anything but 200 or 202 makes Kannel ask again, so nothing that is its own is refused. A receipt's address holds a proof
that is good for its message alone: it lies in Kannel's files. Texts come with the secret in a header, never in the
address, where logs might keep it.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message as Headers
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from services.notify.channels.fitting import Fitting
from services.notify.channels.inbound import Receipt, Text, is_telephone
from shared.web.problems import Problem

log = structlog.get_logger()

DELIVERED, FAILED, BUFFERED, AT_THE_NETWORK, REFUSED, EXPIRED = 1, 2, 4, 8, 16, 32
"""Bits of `%d`; an expired message is 34."""

REASONS: Mapping[str, tuple[str, bool]] = {
    "NACK/0x0000000b": ("unknown_number", True),  # ESME_RINVDSTADR of SMPP 3.4, 5.1.3
    "NACK/0x00000058": ("too_fast", False),  # ESME_RTHROTTLED
    "NACK/Retries Exceeded": ("busy_carrier", False),
    "EXPIRED": ("switched_off", False),
    "UNDELIV": ("undelivered", False),
    "REJECTD": ("refused_by_carrier", False),
}
"""Why a message failed, by the beginning of `%A` or the word after `stat:` in it; and whether the number is wrong."""

_BY_SECRET = Depends(HTTPBasic(auto_error=False))


class Hooks:
    """The two addresses, and the only ones who know them."""

    def __init__(self, fitting: Fitting, reached_at: str, secret: str) -> None:
        """`reached_at`: our address as Kannel sees it."""
        self._service = fitting.service
        self._inbound = fitting.inbound
        self._reached_at = reached_at.rstrip("/")
        self._secret = secret

    def receipt_address(self, message: UUID) -> str:
        """For `X-Kannel-DLR-Url`. Kannel fills in what it knows: no number (`%p`, `%P`) and no text (`%a`) among it."""
        ours = urlencode({"id": str(message), "proof": self._proof(message)})
        return f"{self._reached_at}/hooks/kannel/receipt?{ours}&bits=%d&key=%I&at=%T&network=%F&word=%A"

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/hooks/kannel", include_in_schema=False)
        router.add_api_route("/receipt", self._receipt, methods=["GET"])
        router.add_api_route("/text", self._text, methods=["POST"])
        return router

    async def _receipt(
        self, id: UUID, proof: str, bits: int, key: str, at: int, network: str = "", word: str = ""
    ) -> Response:
        if not hmac.compare_digest(proof.encode(), self._proof(id).encode()):
            raise Problem(403)
        if receipt := read_receipt(id, bits, key, self._moment(at), network, word):
            async with self._service.store.begin() as unit:
                await self._inbound.receipts(unit, [receipt])
        return PlainTextResponse()

    async def _text(
        self, request: Request, key: str, at: int, caller: Annotated[HTTPBasicCredentials | None, _BY_SECRET]
    ) -> Response:
        if caller is None or not hmac.compare_digest(caller.password.encode(), self._secret.encode()):
            raise Problem(403)
        text = read_text(request.headers, await request.body(), key, self._moment(at))
        if text:
            async with self._service.store.begin() as unit:
                await self._inbound.texts(unit, [text])
        else:
            log.info("kannel.not_from_a_person")
        return PlainTextResponse()

    def _moment(self, at: int) -> datetime:
        """Kannel's time of day, by this installation's clock; nothing comes from the future."""
        clock = self._service.clock
        return min(datetime.fromtimestamp(at, UTC) + clock.offset, clock.now())

    def _proof(self, message: UUID) -> str:
        return hmac.new(self._secret.encode(), f"receipt {message}".encode(), hashlib.sha256).hexdigest()[:32]


def read_receipt(message: UUID, bits: int, key: str, at: datetime, network: str, word: str) -> Receipt | None:
    """What Kannel says of a message; None where it says nothing. `network` is the network's own id of it."""
    named = network or None
    if bits & DELIVERED:
        return Receipt("kannel", key, "delivered", at, message, named)
    if bits & (FAILED | REFUSED):
        reason, is_bad = _why(bits, word)
        return Receipt("kannel", key, "failed", at, message, named, reason, is_bad)
    if bits & (BUFFERED | AT_THE_NETWORK):
        return Receipt("kannel", key, "on_its_way", at, message, named)
    return None


def _why(bits: int, word: str) -> tuple[str, bool]:
    """Only words we know and bare codes: the network's own sentence may hold the beginning of the text."""
    status = re.search(r"\bstat:(\w+)", word)
    told = status.group(1).upper() if status else word
    for beginning, reason in REASONS.items():
        if told.startswith(beginning):
            return reason
    if bits & EXPIRED:
        return REASONS["EXPIRED"]
    code = re.match(r"NACK/(0x[0-9a-f]{8})", word)
    return (code.group(1), False) if code else REASONS["UNDELIV"]


def read_text(headers: Mapping[str, str], body: bytes, key: str, at: datetime) -> Text | None:
    """What came in; None where no person can have written it: binary, or from a name or a short code.

    To a machine's text our answer would begin a conversation without an end.
    """
    sender = headers.get("x-kannel-from", "").strip()
    content = Headers()
    content["content-type"] = headers.get("content-type", "text/plain")
    if content.get_content_type() != "text/plain" or not is_telephone(sender):
        return None
    return Text("kannel", key, sender, decoded(body, content.get_content_charset("utf-8")), at)


def decoded(body: bytes, charset: str) -> str:
    """The body by its charset, whatever it holds: a text that we refused would be offered again for ever."""
    try:
        text = body.decode(charset, errors="replace")
    except LookupError:
        text = body.decode("utf-8", errors="replace")
    return text.replace("\x00", "")
