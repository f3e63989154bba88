"""Promise 2.3, Zalo: the chat within a week, a template by phone, SMS else; receipts and signed events."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from services.notify.channels import zalo_codes
from services.notify.channels.zalo import Zalo, ZaloSettings
from services.notify.channels.zalo_hook import read_event
from services.notify.channels.zalo_templates import Param, Template, Unfit, fill, load_templates
from services.notify.channels.zalo_tokens import App, Tokens
from services.notify.contacts import store as contacts
from services.notify.contacts.tables import LinkedAddress
from shared.identity import Principal, Role
from shared.settings import Settings, SettingsError
from tests.service.notify.channels.chatting import chatting, code_by_sms, linked
from tests.service.notify.channels.zalo_granted import granted, zalo_settings
from tests.service.notify.conftest import Notify, at, hours
from tests.service.notify.story import LEADER, NEIGHBOUR, Story
from tests.support.stand_ins.zalo import (
    APP_ID,
    APP_SECRET,
    TEMPLATE,
    Shown,
    ZaloStandIn,
    error,
    followed,
    received,
    wrote,
    zalo_stand_in,
)

USER = "4091234567890123456"
ONE = Template(id=TEMPLATE)
TEMPLATES = f"""
[offered]
id = "{TEMPLATE}"
params.viec = {{ slot = "n", most = 10 }}
params.noi = {{ slot = "place", most = 40 }}
"""


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloStandIn]:
    async with zalo_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def notify(
    settings: Settings, zalo: ZaloStandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Notify]:
    """Offers have a template; the neighbour prefers Zalo, and has linked nothing yet."""
    templates = tmp_path / "zalo.toml"
    templates.write_text(TEMPLATES, encoding="utf-8")
    for name, value in {**zalo_settings(zalo), "templates": str(templates)}.items():
        monkeypatch.setenv(f"ZALO_{name.upper()}", value)
    async with chatting(settings, "simulator,zalo") as running:
        await granted(running.store, zalo)
        await prefers_zalo(running, NEIGHBOUR)
        yield running


async def prefers_zalo(notify: Notify, phone: str) -> None:
    async with notify.store.begin() as unit:
        for person in await contacts.people_with_phone(unit.connection, phone):
            await contacts.set_channels(unit, person.id, ["zalo", "simulator"])


async def tell(notify: Notify, zalo: ZaloStandIn, event: dict[str, Any], **how: Any) -> int:
    """Zalo posts an event; whatever is due afterwards is done."""
    status = await zalo.post(notify.browser, int(time.time() * 1000), event, **how)
    await notify.settle()
    return status


async def link_neighbour(notify: Notify, zalo: ZaloStandIn) -> None:
    """He linked his chat just now, so the week is open."""
    await linked(notify, "zalo", NEIGHBOUR, USER)
    assert await tell(notify, zalo, wrote(USER, "cảm ơn", f"m{time.monotonic_ns()}")) == 200


async def told(notify: Notify) -> list[tuple[str, str, str | None]]:
    return [(m.channel, m.state, m.reason) for m in await notify.messages(alert="offered", person="neighbour")]


async def test_within_the_week_the_chat_is_used(notify: Notify, zalo: ZaloStandIn) -> None:
    await link_neighbour(notify, zalo)
    await notify.hear(Story().offered("T-2"))
    (shown,) = zalo.shown
    assert shown.to == USER and "NHAN 1" in shown.text
    assert await told(notify) == [("zalo", "sent", None)]


async def test_without_a_link_the_template_goes_to_the_phone(notify: Notify, zalo: ZaloStandIn) -> None:
    await notify.hear(Story().offered("T-2"))
    (shown,) = zalo.shown
    assert shown.to == NEIGHBOUR.removeprefix("+")
    assert shown.data == {"viec": "1", "noi": "Buôn Kbu (Xã Hòa Khánh)"}


async def test_after_the_week_the_template_goes_to_the_phone(notify: Notify, zalo: ZaloStandIn) -> None:
    await link_neighbour(notify, zalo)
    await notify.pass_time(timedelta(days=7, minutes=1))
    await notify.hear(Story(at=notify.clock.now()).offered("T-2"))
    assert zalo.calls == ["template"]


@pytest.mark.parametrize("code", [-230, -213])
async def test_where_zalo_closes_the_chat_the_template_follows_at_once(
    notify: Notify, zalo: ZaloStandIn, code: int
) -> None:
    await link_neighbour(notify, zalo)
    zalo.on_chat = lambda: error(code)
    await notify.hear(Story().offered("T-2"))
    assert zalo.calls == ["chat", "template"]
    assert await told(notify) == [("zalo", "sent", None)]
    async with notify.store.read() as connection:
        bad = await connection.scalar(select(col(LinkedAddress.is_bad)).where(col(LinkedAddress.phone) == NEIGHBOUR))
    assert bad is (code == -213)


async def test_what_has_no_template_and_no_chat_is_an_sms(notify: Notify, zalo: ZaloStandIn) -> None:
    story = Story()
    await notify.hear(story.submitted(), story.offered("T-2"), story.accepted("neighbour", "T-2"))
    accepted = [(m.channel, m.reason) for m in await notify.messages(alert="accepted", person="neighbour")]
    assert accepted == [("zalo", "no_address"), ("simulator", None)]


async def test_what_zalo_refuses_by_phone_is_an_sms_at_once(notify: Notify, zalo: ZaloStandIn) -> None:
    zalo.on_template = lambda: error(-118)
    await notify.hear(Story().offered("T-2"))
    assert await told(notify) == [("zalo", "failed", "no_zalo"), ("simulator", "delivered", None)]


@pytest.mark.parametrize("code", [-110, -114, -118, -119, -139, -140, -141, -108, -144, -115, -1122, -4242])
def test_what_a_phone_cannot_get_by_zalo_is_final_there(code: int) -> None:
    outcome = zalo_codes.read_code(code, zalo_codes.TEMPLATE)
    assert (outcome.kind, outcome.address_is_bad) == ("permanent", False) and outcome.reason


async def test_a_receipt_counts_by_our_own_id_late_twice_and_flat(notify: Notify, zalo: ZaloStandIn) -> None:
    await notify.hear(Story().offered("T-2"))
    for flat in (True, False, False):
        assert await tell(notify, zalo, received(zalo.shown[0], flat=flat)) == 200
    (message,) = await notify.messages(alert="offered", person="neighbour")
    assert (message.state, str(message.id)) == ("delivered", zalo.shown[0].tracking)


async def test_after_a_crash_zalo_is_asked_where_a_receipt_told_its_id(notify: Notify, zalo: ZaloStandIn) -> None:
    shown = Shown("84905123456", "", {}, "t0", str(uuid4()))
    zalo.shown.append(shown)
    lost, forged = uuid4(), Shown("84905123456", "", {}, "t9", str(uuid4()))
    for one in (shown, forged):
        await tell(notify, zalo, received(one))
    settings = ZaloSettings(**zalo_settings(zalo))  # pyright: ignore[reportArgumentType]  (read from text)
    tokens = Tokens(App(APP_ID, APP_SECRET, zalo.url), notify.store)
    channel = Zalo(settings, tokens, notify.store, {})
    past = await channel.ask([UUID(shown.tracking), UUID(forged.tracking), lost])
    await channel.close()
    assert past == {UUID(shown.tracking): "sent", UUID(forged.tracking): "unknown", lost: "unknown"}


async def test_the_check_asks_for_the_rights_and_for_templates(notify: Notify, zalo: ZaloStandIn) -> None:
    settings = ZaloSettings(**zalo_settings(zalo))  # pyright: ignore[reportArgumentType]  (read from text)
    channel = Zalo(settings, Tokens(App(APP_ID, APP_SECRET, zalo.url), notify.store), notify.store, {"offered": ONE})
    assert (await channel.check()).state == "well"
    zalo.grant_dies, zalo.access = True, "another-one"
    assert (await channel.check()).state == "down"
    await channel.close()


async def test_a_chat_is_linked_and_accepts_by_words(notify: Notify, zalo: ZaloStandIn) -> None:
    await notify.write(LEADER, "zalo")
    code = await code_by_sms(notify, LEADER)
    big = 9091234567890123457  # beyond 2^53
    assert await tell(notify, zalo, wrote(big, f"ma {code}", "m1")) == 200
    assert zalo.shown[-1].to == str(big) and "Nhắn SMS ZALO tới 8077" in zalo.shown[-1].text
    await tell(notify, zalo, wrote(big, code, "m2"))
    assert zalo.shown[-1].text.startswith("Đã nối Zalo")
    story = Story()
    await notify.hear(story.offered("T-1"))
    for _ in range(2):
        assert await tell(notify, zalo, wrote(big, "NHAN", "m3")) == 200
    (reply,) = await notify.published("replies.received")
    assert (reply["command"], reply["code"], reply["person"]) == ("accept", story.code, "leader")


async def test_who_unfollows_is_left_in_peace_until_he_comes_back(notify: Notify, zalo: ZaloStandIn) -> None:
    await link_neighbour(notify, zalo)
    await tell(notify, zalo, followed(USER, "unfollow"))
    await notify.hear(Story().offered("T-2"))
    assert zalo.calls == ["template"]
    await tell(notify, zalo, followed(USER))
    await notify.hear(Story().offered("T-2"))
    assert zalo.calls == ["template", "chat"]


async def test_an_old_token_is_renewed_once_in_mid_send(notify: Notify, zalo: ZaloStandIn) -> None:
    await link_neighbour(notify, zalo)
    zalo.access = "another-one"
    await notify.hear(Story().offered("T-2"))
    assert zalo.calls == ["chat", "chat"] and len(zalo.refreshes) == 1
    assert await told(notify) == [("zalo", "sent", None)]


async def test_a_lost_grant_is_an_sms_and_is_on_the_page(notify: Notify, zalo: ZaloStandIn) -> None:
    await link_neighbour(notify, zalo)
    zalo.grant_dies, zalo.access = True, "another-one"
    await notify.hear(Story().offered("T-2"))
    assert [one[:2] for one in await told(notify)] == [("zalo", "failed"), ("simulator", "delivered")]


async def test_a_wrong_signature_an_old_one_and_another_app_are_turned_away(notify: Notify, zalo: ZaloStandIn) -> None:
    now = int(time.time() * 1000)
    event = wrote(USER, "NHAN 1", "m1")
    assert await tell(notify, zalo, event, secret="another secret") == 401
    assert await tell(notify, zalo, event, changed=True) == 401
    assert await tell(notify, zalo, event | {"app_id": "999"}) == 401
    assert await zalo.post(notify.browser, now - 3 * 3_600_000, event) == 401
    assert await zalo.post(notify.browser, now + 3_600_000, event) == 401
    assert await zalo.post(notify.browser, now - 3_600_000, event) == 200
    unsigned = await notify.browser.post("/hooks/zalo/events", content=b'{"event_name": "user_send_text"}')
    assert unsigned.status_code == 401


async def test_saving_the_address_in_the_console_is_answered(notify: Notify) -> None:
    assert (await notify.browser.post("/hooks/zalo/events", content=b"{}")).status_code == 200


async def test_the_grant_begins_with_an_administrator(notify: Notify, zalo: ZaloStandIn) -> None:
    def bearer(role: Role) -> dict[str, str]:
        return {"authorization": f"Bearer {notify.service.tokens.issue(Principal(role=role, id='asks'))}"}

    assert (await notify.browser.post("/hooks/zalo/grant")).status_code == 401
    assert (await notify.browser.post("/hooks/zalo/grant", headers=bearer(Role.OPERATOR))).status_code == 404
    wanted = await notify.browser.post("/hooks/zalo/grant", headers=bearer(Role.ADMINISTRATOR))
    assert wanted.status_code == 200
    back = zalo.consent(wanted.json()["url"])
    page = await notify.browser.get("/hooks/zalo/grant", params=back)
    assert page.status_code == 200 and "Đã nối với Zalo" in page.text
    assert (await notify.browser.get("/hooks/zalo/grant", params=back | {"oa_id": "1"})).status_code == 400


def test_no_code_stands_in_two_lines_of_a_table() -> None:
    assert not set(zalo_codes.CHAT) & zalo_codes.CHAT_REFRESH
    assert not set(zalo_codes.TEMPLATE) & zalo_codes.TEMPLATE_REFRESH
    assert zalo_codes.read_code(-99999, zalo_codes.CHAT).kind == "permanent"


def test_events_that_nobody_knows_are_empty() -> None:
    for name in ("oa_send_text", "user_click_button", "user_seen_message", "user_received_message"):
        event = read_event({"event_name": name, "timestamp": "1764046800000", "message": {"text": "x"}})
        assert event.user is None and event.received == ()
    seen = read_event({"event_name": "user_seen_message", "timestamp": "1", "message": {"msg_ids": ["a", "b"]}})
    assert [name for name, _ in seen.received] == ["a", "b"]


def test_a_template_is_checked_before_it_is_sent() -> None:
    template = Template(id="1", params={"a": Param(slot="n", most=3), "b": Param(slot="km", most=3, required=False)})
    assert fill(template, {"n": " 12 "}) == {"a": "12", "b": ""}
    with pytest.raises(Unfit, match="missing a"):
        fill(template, {"km": "1"})
    with pytest.raises(Unfit, match="too long a"):
        fill(template, {"n": "1234"})


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ('[offered_never]\nid = "1"', "no alert 'offered_never'"),
        ('[offered]\nid = "1"\nparams.a = { slot = "password" }', "offered has no slot 'password'"),
        ('[offered]\nid = "abc"', "cannot be read"),
        ("[offered", "cannot be read"),
    ],
)
def test_a_wrong_file_of_templates_stops_the_start(file: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "zalo.toml"
    path.write_text(file, encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        load_templates(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_templates(tmp_path / "missing.toml")
    assert load_templates(None) == {}


async def test_by_a_template_each_of_several_offers_is_told(notify: Notify, zalo: ZaloStandIn) -> None:
    notify.clock.set_now(at(22))
    await notify.hear(*[Story(at=at(22)).offered("T-2") for _ in range(3)])
    await notify.pass_time(hours(8.1))
    assert [state for _, state, _ in await told(notify)] == ["sent"] * 3
    assert {shown.data["viec"] for shown in zalo.shown} == {"1", "2", "3"}
