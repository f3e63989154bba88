"""A real SMTP server (aiosmtpd) with STARTTLS and sign-in, and mailboxes that one can look into."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, Literal, cast

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USERNAME, PASSWORD = "cau-noi", "a password"
Manners = Literal["silence", "hang_up_after_taking"]


class MailServer:
    """What one sees of it. `rcpt` and `data` are answered instead of 250, where they are set."""

    def __init__(self, folder: Path) -> None:
        self.port = 0
        self.authority = folder / "authority.pem"
        self.letters: list[tuple[str, EmailMessage]] = []
        """Recipient and letter, oldest first."""
        self.raw: list[bytes] = []
        self.rcpt: dict[str, str] = {}
        """Answers by recipient, `*` for all."""
        self.data: str | None = None
        self.manners: Manners | None = None
        self.connections = 0

    async def handle_EHLO(  # noqa: N802  (aiosmtpd's names)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += session.ssl is None
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.manners == "silence":
            await asyncio.Event().wait()
        answer = self.rcpt.get(address) or self.rcpt.get("*")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data:
            return self.data
        content = cast(bytes, envelope.content)
        self.raw.append(content)
        letter = cast(EmailMessage, BytesParser(policy=default).parsebytes(content))
        self.letters += [(address, letter) for address in envelope.rcpt_tos]
        if self.manners == "hang_up_after_taking":
            cast(asyncio.Transport, server.transport).abort()
        return "250 2.0.0 taken"

    def sign_in(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        fits = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USERNAME.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=fits, handled=False)


def plain(letter: EmailMessage) -> str:
    """The plain part."""
    return _part(letter, "plain")


def html(letter: EmailMessage) -> str:
    return _part(letter, "html")


def _part(letter: EmailMessage, kind: Literal["plain", "html"]) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return part.get_content().replace("\r\n", "\n")


@asynccontextmanager
async def mail_server(folder: Path, name: str = "localhost") -> AsyncIterator[MailServer]:
    """Running on a free port of 127.0.0.1, with a certificate for `name` by an authority of its own."""
    made = MailServer(folder)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(made.authority))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(tls)

    def session() -> SMTP:
        return SMTP(
            made,
            hostname="mail.example",
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=made.sign_in,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
