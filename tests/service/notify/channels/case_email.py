"""Letters through a real SMTP server."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from services.notify.base import TABLES
from services.notify.channels import email
from services.notify.channels.email import Email, EmailSettings
from services.notify.channels.email_links import Links
from shared.settings import Settings
from shared.store import Store
from tests.service.notify.channels.case import Arrived, Case, Rudeness
from tests.support.stand_ins.mail import PASSWORD, USERNAME, MailServer, mail_server, plain

MAILBOX = "to.truong@example.vn"
_PATIENCE_S = email.TIMEOUT_S


class Mailbox:
    """Who reads it."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def arrived(self) -> Sequence[Arrived]:
        return [Arrived(to, plain(letter).partition("\n\n-- \n")[0]) for to, letter in self._server.letters]

    async def be_rude(self, how: Rudeness) -> None:
        await self.be_kind()
        match how:
            case "not_now":
                self._server.rcpt["*"] = "451 4.7.1 greylisted, come again"
            case "never":
                self._server.data = "554 5.7.1 no such letters here"
            case "bad_address":
                self._server.rcpt["*"] = "550 5.1.1 no such user"
            case "silent":
                email.TIMEOUT_S, self._server.manners = 0.3, "silence"
            case "taken_then_dropped":
                self._server.manners = "hang_up_after_taking"

    async def be_kind(self) -> None:
        email.TIMEOUT_S = _PATIENCE_S
        self._server.rcpt, self._server.data, self._server.manners = {}, None, None


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[tuple[Email, Mailbox]]:
    store = Store(settings.database_url, TABLES, source="notify")
    with tempfile.TemporaryDirectory() as folder:
        async with mail_server(Path(folder)) as server:
            told = EmailSettings(
                host="localhost",
                port=server.port,
                username=USERNAME,
                password=PASSWORD,
                sender="cau-noi@example.vn",
                authority=server.authority,
            )
            owner = Mailbox(server)
            yield Email(told, store, Links(settings.public_url, settings.secret_key)), owner
            await owner.be_kind()
    await store.close()


CASE = Case("email", _open, MAILBOX)
