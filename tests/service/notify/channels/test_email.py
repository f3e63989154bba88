"""Promise 2.3: letters through a real SMTP server: linked by their owner alone, and stopped by one click."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from services.notify.channels.channel import Outgoing
from services.notify.channels.email import Email, EmailSettings
from services.notify.channels.email_links import Links
from services.notify.contacts.store import address_of
from shared.identity import Role
from shared.settings import Settings
from tests.service.notify.conftest import Notify
from tests.service.notify.story import NEIGHBOUR, NOON, Story, everybody, places_known
from tests.support.stand_ins.mail import PASSWORD, USERNAME, MailServer, html, mail_server, plain

BOX = "to.truong@example.vn"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ONE_CLICK_PART = {"List-Unsubscribe": (None, "One-Click")}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[MailServer]:
    async with mail_server(tmp_path) as made:
        yield made


@pytest.fixture
async def notify(settings: Settings, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Notify]:
    told = {"HOST": "localhost", "PORT": str(server.port), "USERNAME": USERNAME, "PASSWORD": PASSWORD}
    told |= {"SENDER": "cau-noi@example.vn", "AUTHORITY": str(server.authority)}
    for name, value in told.items():
        monkeypatch.setenv(f"EMAIL_{name}", value)
    running = Notify(settings.model_copy(update={"channels": "simulator,email"}))
    await running.hear(*places_known(), *everybody())
    yield running
    await running.store.close()


async def ask(notify: Notify, address: str | None = BOX) -> None:
    wish = {"channels": ["email", "simulator"], "email": address}
    answer = await notify.put("/api/v1/messages/preferences/neighbour", wish, Role.ADMINISTRATOR)
    assert answer.status_code == 204, answer.text
    await notify.settle()


async def link(notify: Notify, server: MailServer) -> None:
    """The owner reads the question and presses the button."""
    await ask(notify)
    assert (await notify.browser.post(confirmation(server))).status_code == 200


def confirmation(server: MailServer) -> str:
    found = re.search(r"http://\S+/hooks/email/confirm/\S+", plain(server.letters[-1][1]))
    assert found
    return found[0]


def outgoing(address: str) -> Outgoing:
    return Outgoing(uuid4(), "", address, "Tin của tổ", "answer", None, NOON)


def spaced(code: str) -> str:
    return f"{code[:3]} {code[3:6]} {code[6:]}"


async def linked(notify: Notify) -> str | None:
    async with notify.store.read() as connection:
        return await address_of(connection, "email", NEIGHBOUR)


async def test_a_mailbox_is_linked_once_its_owner_pressed_the_button_and_not_before(
    notify: Notify, server: MailServer
) -> None:
    await ask(notify)
    ((to, question),) = server.letters
    assert to == BOX and question["Subject"] == "Cầu Nối: Xác nhận hộp thư / Confirm the mailbox"
    assert "List-Unsubscribe" not in question
    page = await notify.browser.get(confirmation(server), headers={"accept": "text/html"})
    assert page.status_code == 200 and "<button" in page.text and BOX not in page.text
    assert await linked(notify) is None
    page = await notify.browser.post(confirmation(server))
    assert page.status_code == 200 and "Đã nối hộp thư" in page.text
    assert await linked(notify) == BOX


async def test_an_alert_comes_in_both_forms_and_both_languages_with_a_way_to_stop(
    notify: Notify, server: MailServer
) -> None:
    await link(notify, server)
    story = Story()
    await notify.hear(story.offered("T-2"))
    (message,) = await notify.messages(channel="email", alert="offered")
    to, letter = server.letters[-1]
    assert (to, message.state) == (BOX, "sent")
    assert letter["Message-ID"] == f"<{message.id}@example.vn>"
    assert letter["Subject"] == f"Cầu Nối {spaced(story.code)}: Mời nhận việc / Job offered"
    assert plain(letter).startswith(message.text) and message.text.split("\n")[0] in html(letter)
    assert "Không đưa mật khẩu" in plain(letter) and "Give your password" in html(letter)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"
    raw = server.raw[-1].decode("ascii")
    assert re.search(r"^List-Unsubscribe: <http://\S+/email/unsubscribe/[0-9a-f]{32}\.[\w-]+>\r$", raw, re.MULTILINE)


@pytest.mark.parametrize("as_multipart", [False, True])
async def test_one_click_stops_letters_without_a_cookie_however_often_it_is_pressed(
    notify: Notify, server: MailServer, as_multipart: bool
) -> None:
    await link(notify, server)
    await notify.hear(Story().offered("T-2"))
    address = server.letters[-1][1]["List-Unsubscribe"].strip("<>")
    elsewhere = {"origin": "https://mail.example", "sec-fetch-site": "cross-site"}
    assert (await notify.browser.get(address)).status_code == 200
    assert await linked(notify) == BOX
    for _ in range(3):
        data, files = (None, ONE_CLICK_PART) if as_multipart else (ONE_CLICK, None)
        answer = await notify.browser.post(address, headers=elsewhere, data=data, files=files)
        assert answer.status_code == 200 and not answer.cookies
    assert await linked(notify) is None
    await notify.hear(Story().offered("T-2"))
    assert [m.channel for m in await notify.messages(alert="offered")][-1] == "simulator"


async def test_a_link_that_we_did_not_sign_or_that_is_for_something_else_does_nothing(
    notify: Notify, server: MailServer
) -> None:
    await link(notify, server)
    base, _, token = confirmation(server).rpartition("/confirm/")
    mailbox = token.split(".")[0]
    for wrong in (f"unsubscribe/{token}", f"unsubscribe/{mailbox}.{'A' * 27}", "confirm/ã", f"confirm/{'0' * 32}.x.y"):
        assert (await notify.browser.post(f"{base}/{wrong}")).status_code == 404
    assert await linked(notify) == BOX


async def test_an_administrator_can_end_the_link_and_an_address_left_out_changes_nothing(
    notify: Notify, server: MailServer
) -> None:
    await link(notify, server)
    await notify.put("/api/v1/messages/preferences/neighbour", {"channels": ["email"]}, Role.ADMINISTRATOR)
    assert await linked(notify) == BOX
    await ask(notify, None)
    assert await linked(notify) is None


async def test_what_is_no_address_is_refused(notify: Notify) -> None:
    for wrong in ("nobody", "a@b", "a b@example.vn", "a@example.vn\nBcc: x@example.vn", "ă@example.vn"):
        answer = await notify.put("/api/v1/messages/preferences/neighbour", {"email": wrong}, Role.ADMINISTRATOR)
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "email"


async def test_a_mailbox_that_is_gone_is_not_tried_again_and_the_phone_rings(
    notify: Notify, server: MailServer
) -> None:
    await link(notify, server)
    server.rcpt[BOX] = "550 5.1.1 no such user"
    await notify.hear(Story().offered("T-2"))
    assert [(m.channel, m.state) for m in await notify.messages(alert="offered")] == [
        ("email", "failed"),
        ("simulator", "delivered"),
    ]


async def test_one_of_a_batch_refused_hurts_no_other_and_one_connection_serves_all(
    notify: Notify, server: MailServer
) -> None:
    channel = Email(EmailSettings.model_validate({}), notify.store, Links("http://a", "a key of sixteen"))
    server.rcpt["full@example.vn"] = "452 4.2.2 mailbox full"
    batch = [outgoing(address) for address in (BOX, "full@example.vn", "other@example.vn")]
    outcomes = await channel.send(batch)
    assert [outcomes[one.id].reason for one in batch] == [None, "mailbox_full", None]
    assert server.connections == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"password": "another"}, "wrong_key"),
        ({"authority": None}, "not_safe"),
        ({"host": "127.0.0.1"}, "not_safe"),
        ({"port": 9}, "unreachable"),
    ],
)
async def test_what_stands_between_us_and_the_server_is_said_and_nothing_leaves(
    notify: Notify, server: MailServer, changed: dict[str, object], reason: str
) -> None:
    told = EmailSettings.model_validate({}).model_copy(update=changed)
    channel = Email(told, notify.store, Links("http://a", "a key of sixteen"))
    one = outgoing(BOX)
    outcome = (await channel.send([one]))[one.id]
    assert (outcome.kind, outcome.reason, outcome.maybe_sent) == ("temporary", reason, False)
    assert (await channel.check()).state == "down"
    assert server.letters == []


async def test_it_says_that_it_works(notify: Notify) -> None:
    channel = Email(EmailSettings.model_validate({}), notify.store, Links("http://a", "a key of sixteen"))
    assert (await channel.check()).state == "well"


async def test_a_question_too_old_is_no_answer(
    notify: Notify, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(notify)
    monkeypatch.setattr("services.notify.channels.email_links.CONFIRM_WITHIN", timedelta(seconds=-1))
    assert (await notify.browser.post(confirmation(server))).status_code == 404
    assert await linked(notify) is None
