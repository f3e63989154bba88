"""Letters by SMTP (RFC 5321), through the mail server of one's own house or a provider's.

Needs `EMAIL_HOST` and `EMAIL_SENDER`. Nobody is written to who did not press the button in our first letter.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal
from uuid import UUID

import aiosmtplib
import structlog
from aiosmtplib import SMTP
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.notify.channels import mailboxes
from services.notify.channels.channel import SENT, AddressKind, Outcome, Outgoing, Past
from services.notify.channels.email_letter import CONFIRMATION, Frame, letter
from services.notify.channels.email_links import Links, routes
from services.notify.channels.fitting import Fitted, Fitting, Health
from shared.clock import Clock
from shared.settings import ChannelSettings, load
from shared.store import Store

log = structlog.get_logger()
TIMEOUT_S = 20.0
"""Of each word and answer."""
BATCH_S = 90.0

NOBODY = Outcome("permanent", "unknown_mailbox", address_is_bad=True)
FULL = Outcome("temporary", "mailbox_full")
WRONG_KEY = Outcome("temporary", "wrong_key")
LATER = Outcome("temporary", "busy_carrier")
REFUSED = Outcome("permanent", "refused_by_carrier")
WRONG_SENDER = Outcome("permanent", "wrong_sender")
NO_TLS = Outcome("temporary", "not_safe")
UNREACHABLE = Outcome("temporary", "unreachable")
NO_ANSWER = Outcome("temporary", "no_answer")
PERHAPS = Outcome("temporary", "no_answer", maybe_sent=True)

REFUSALS: Mapping[int, Outcome] = {
    421: LATER,
    450: LATER,
    451: LATER,
    452: FULL,
    454: WRONG_KEY,
    530: WRONG_KEY,
    534: WRONG_KEY,
    535: WRONG_KEY,
    550: NOBODY,
    551: NOBODY,
    552: FULL,
    553: NOBODY,
    556: NOBODY,
}
"""Their codes, where no enhanced code (RFC 3463) says more: 5.7.1 beside a 550 refuses us, not the address."""

_ENHANCED = re.compile(r"\s*[245]\.(\d{1,3})\.(\d{1,3})\b")


class EmailSettings(ChannelSettings):
    """`EMAIL_…`"""

    model_config = SettingsConfigDict(env_prefix="EMAIL_")

    host: str
    port: int = 587
    username: str | None = None
    password: str | None = None
    sender: str = Field(pattern=r"^[^@\s]+@[^@\s>]+$", description="from whom: cau-noi@daklak.gov.vn")
    security: Literal["starttls", "tls", "none"] = "starttls"
    authority: Path | None = Field(default=None, description="certificate of one's own authority, PEM")


class Email:
    """Taken by the mail server is all it says: no receipts, and nobody answers."""

    name = "email"
    address_kind: AddressKind = "email"
    two_way = False
    batch = 20
    lease_s = BATCH_S + 30

    def __init__(self, settings: EmailSettings, store: Store, links: Links) -> None:
        self._settings = settings
        self._store = store
        self._links = links
        self._tls = ssl.create_default_context(cafile=settings.authority)

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """One connection for the batch, opened again where it breaks."""
        outcomes: dict[UUID, Outcome] = {}
        frames = await self._frames(messages)
        line = self._line()
        try:
            async with asyncio.timeout(BATCH_S):
                for message in messages:
                    await self._hand_over(line, message, letter(message, frames[message.id]), outcomes)
        except TimeoutError:
            log.warning("email.slow", sent=len(outcomes), of=len(messages))
        finally:
            line.close()
        return outcomes

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """A mail server keeps no account of what it took; the same Message-ID lets the mailbox know."""
        return dict.fromkeys(messages, "unknown")

    async def check(self) -> Health:
        """Connection, encryption and sign-in."""
        line = self._line()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await line.connect()
                await line.noop()
        except Exception as error:  # whatever it is, it stands between us and them
            return Health("down", meaning(error).reason or type(error).__name__)
        finally:
            line.close()
        return Health("well")

    async def _hand_over(self, line: SMTP, message: Outgoing, content: bytes, outcomes: dict[UUID, Outcome]) -> None:
        """Until its content is under way a letter has surely not left; from then on perhaps."""
        outcomes[message.id] = NO_ANSWER
        try:
            if line.is_connected:
                await line.rset()
            else:
                await line.connect()
            await line.mail(self._settings.sender)
            await line.rcpt(message.address)
            outcomes[message.id] = PERHAPS
            await line.data(content)
            outcomes[message.id] = SENT
        except aiosmtplib.SMTPResponseException as error:
            outcomes[message.id] = meaning(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("email.broken", error=type(error).__name__)
            line.close()
            if outcomes[message.id] is not PERHAPS:
                outcomes[message.id] = meaning(error)

    async def _frames(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Frame]:
        async with self._store.read() as connection:
            known = await mailboxes.ids_of(connection, {m.address for m in messages}, {m.phone for m in messages})
        return {message.id: self._frame(message, known.get(message.address)) for message in messages}

    def _frame(self, message: Outgoing, mailbox: UUID | None) -> Frame:
        asked = message.slots.get("mailbox") if message.template == CONFIRMATION else None
        return Frame(
            self._settings.sender,
            Clock.wall(),
            confirm=self._links.confirm(UUID(asked)) if asked else None,
            unsubscribe=self._links.unsubscribe(mailbox) if mailbox else None,
        )

    def _line(self) -> SMTP:
        return SMTP(
            hostname=self._settings.host,
            port=self._settings.port,
            username=self._settings.username,
            password=self._settings.password,
            use_tls=self._settings.security == "tls",
            start_tls=self._settings.security == "starttls",
            tls_context=self._tls if self._settings.security != "none" else None,
            timeout=TIMEOUT_S,
        )


def fit(fitting: Fitting) -> Fitted:
    """Letters, and the pages behind their links."""
    settings = fitting.settings
    links = Links(settings.public_url, settings.secret_key)
    channel = Email(load(EmailSettings), fitting.service.store, links)
    return Fitted(channel, routes(links), check=channel.check)


_FAULTS: Sequence[tuple[type[Exception], Outcome]] = (
    (aiosmtplib.SMTPAuthenticationError, WRONG_KEY),
    (aiosmtplib.SMTPConnectResponseError, LATER),
    (aiosmtplib.SMTPHeloError, LATER),
    (aiosmtplib.SMTPNotSupported, NO_TLS),
    (aiosmtplib.SMTPReadTimeoutError, NO_ANSWER),
    (ssl.SSLError, NO_TLS),
)


def meaning(error: Exception) -> Outcome:
    """What a failure says of the letter that was to go."""
    if known := next((outcome for kind, outcome in _FAULTS if isinstance(error, kind)), None):
        return known
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _answered(error)
    return NO_TLS if isinstance(error.__cause__, ssl.SSLError) else UNREACHABLE


def _answered(error: aiosmtplib.SMTPResponseException) -> Outcome:
    """Only a refused recipient is a bad address."""
    found = reply(error.code, error.message)
    if isinstance(error, aiosmtplib.SMTPRecipientRefused):
        return found
    if isinstance(error, aiosmtplib.SMTPSenderRefused) and error.code >= 500:
        return WRONG_SENDER
    return REFUSED if found is NOBODY else found


def reply(code: int, text: str) -> Outcome:
    """What a reply to a recipient means: the enhanced code's detail first, then the code, then its first digit."""
    enhanced = _ENHANCED.match(text)
    subject, detail = (int(enhanced[1]), int(enhanced[2])) if enhanced else (0, 0)
    if (subject, detail) == (2, 2):
        return FULL
    if code >= 500 and (subject == 1 or (subject, detail) == (2, 1)):
        return NOBODY
    if code >= 500 and subject and REFUSALS.get(code) is NOBODY:
        return REFUSED
    return REFUSALS.get(code) or (REFUSED if code >= 500 else LATER)
