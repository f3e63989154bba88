"""`GET /api/v1/messages`, simulated phones, and the two pages."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from services.notify.app import build
from shared.identity import Role
from shared.settings import Settings
from tests.service.notify.conftest import SECRET, Notify
from tests.service.notify.story import HELPER, LEADER, NEIGHBOUR, NOON, RESIDENT, Story


async def told(notify: Notify) -> Story:
    story = Story()
    await notify.hear(story.submitted(), story.offered())
    await notify.hear(story.accepted("helper"))
    return story


async def test_messages_have_the_shape_that_others_rely_on(notify: Notify) -> None:
    story = await told(notify)
    page = (await notify.get(f"/api/v1/messages?code={story.code}")).json()
    assert set(page) == {"items", "next"}
    newest = page["items"][0]
    assert {
        *("id", "code", "alert", "to", "person", "channel", "text", "parts"),
        *("state", "resent", "created_at", "attempts"),
    } <= set(newest)
    (attempt,) = newest["attempts"]
    assert attempt["outcome"] == "delivered"
    assert attempt["at"].endswith("Z")
    assert {item["alert"] for item in page["items"]} == {"submitted", "offered", "accepted"}
    assert all(item["code"] == story.code for item in page["items"])


async def test_numbers_are_masked_for_all_but_administrators(notify: Notify) -> None:
    story = await told(notify)
    items = (await notify.get(f"/api/v1/messages?code={story.code}", Role.OPERATOR)).json()["items"]
    assert {item["to"] for item in items} <= {"•••001", "•••002"}
    assert not any("0905 000 001" in item["text"] for item in items)
    full = (await notify.get(f"/api/v1/messages?code={story.code}")).json()["items"]
    assert HELPER in {item["to"] for item in full}


@pytest.mark.parametrize(("unit", "sees"), [("24121", True), ("66", True), ("24122", False), ("01", False)])
async def test_a_supervisor_sees_his_own_units(notify: Notify, unit: str, sees: bool) -> None:
    story = await told(notify)
    page = (await notify.get(f"/api/v1/messages?code={story.code}", Role.SUPERVISOR, unit)).json()
    assert bool(page["items"]) is sees
    assert bool((await notify.get("/api/v1/messages", Role.SUPERVISOR, unit)).json()["items"]) is sees


async def test_a_member_or_a_stranger_sees_nothing(notify: Notify) -> None:
    assert (await notify.get("/api/v1/messages", Role.MEMBER)).status_code == 404
    assert (await notify.browser.get("/api/v1/messages")).status_code == 401


async def test_an_unknown_or_mistyped_code_has_no_items(notify: Notify) -> None:
    await told(notify)
    for code in (Story().code, "123", "000000000"):
        assert (await notify.get(f"/api/v1/messages?code={code}")).json() == {"items": [], "next": None}


async def test_pages_follow_each_other_and_lose_nothing(notify: Notify) -> None:
    stories = [Story() for _ in range(120)]
    await notify.hear(*[story.submitted(f"+8490500{n:04d}") for n, story in enumerate(stories)])
    seen, cursor = [], ""
    while cursor is not None:
        page = (await notify.get(f"/api/v1/messages?cursor={cursor}")).json()
        seen += [item["code"] for item in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(story.code for story in stories)


async def test_messages_to_one_phone_in_any_writing(notify: Notify) -> None:
    await told(notify)
    items = (await notify.get("/api/v1/messages?to=0901 000 001")).json()["items"]
    assert {item["to"] for item in items} == {LEADER}


async def test_a_phone_shows_what_it_received_oldest_first_and_unmasked(notify: Notify) -> None:
    story = await told(notify)
    answer = await notify.browser.get("/api/v1/phones/0901 000 002/messages")
    items = answer.json()["items"]
    assert [item["alert"] for item in items] == ["offered", "accepted"]
    assert set(items[0]) == {"id", "at", "text", "alert", "code"}
    assert items[0]["code"] == story.code
    assert "0905 000 001" in items[1]["text"]
    assert items[0]["at"][:16] == NOON.isoformat()[:16]


async def test_what_is_no_phone_is_refused(notify: Notify) -> None:
    answer = await notify.browser.get("/api/v1/phones/12345/messages")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert (await notify.browser.post("/api/v1/phones/0905000001/messages", json={})).status_code == 422
    assert (
        await notify.browser.post("/api/v1/phones/0905000001/messages", json={"text": "x" * 1001})
    ).status_code == 422
    assert await notify.messages() == []


async def test_preferences_are_an_administrator_s_to_set(notify: Notify) -> None:
    path = "/api/v1/messages/preferences/leader"
    for role, status in ((Role.SUPERVISOR, 404), (Role.ADMINISTRATOR, 204)):
        answer = await notify.put(path, {"diacritics": True}, role)
        assert answer.status_code == status
    assert (await notify.put(path.replace("leader", "nobody"), {}, Role.ADMINISTRATOR)).status_code == 404
    await notify.hear(Story().offered())
    assert "Điện thoại" in (await notify.texts(LEADER))[0]


async def test_the_page_tells_what_became_of_each_message(notify: Notify) -> None:
    await notify.behave(NEIGHBOUR, "switched_off")
    await told(notify)
    story = Story()
    await notify.hear(story.offered("T-2"))
    page = (await notify.get("/messages", Role.SUPERVISOR, "24121")).text
    assert "Đã gửi 12:00 hôm nay, máy đã nhận 12:00 hôm nay" in page
    assert "Chưa gửi được: máy tắt hoặc ngoài vùng phủ sóng. Gửi lại lúc 12:01 hôm nay" in page
    assert "0905 000 001" not in page
    await notify.hear(story.accepted("helper"))
    await notify.pass_time(timedelta(minutes=2))
    page = (await notify.get(f"/messages?code={story.code}", Role.SUPERVISOR, "24121")).text
    assert "Không gửi nữa: đã có người nhận việc" in page


async def test_the_page_of_a_code_that_has_no_messages_says_so(notify: Notify) -> None:
    page = (await notify.get(f"/messages?code={Story().code}", Role.SUPERVISOR, "24121")).text
    assert "Không tìm thấy tin nhắn nào" in page


async def test_phones_are_found_by_name_number_team_and_code(notify: Notify) -> None:
    story = await told(notify)
    for wish in ("tran thi hoa", "0901000002", "T-1", story.code):
        page = (await notify.browser.get("/phones", params={"q": wish})).text
        assert "Trần Thị Hoa" in page, wish
        assert "Phạm Quang" not in page, wish
    assert "Không tìm thấy máy nào" in (await notify.browser.get("/phones?q=khong co ai")).text


async def test_the_newest_phones_stand_first_and_are_bounded(notify: Notify) -> None:
    stories = [Story() for _ in range(20)]
    for n, story in enumerate(stories):
        await notify.hear(story.submitted(f"+8490500{n:04d}"))
    page = (await notify.browser.get("/phones")).text
    assert page.count('class="handset"') == 12
    assert page.index("0905 000 019") < page.index("0905 000 018")


async def test_a_text_written_on_the_page_is_a_reply(notify: Notify) -> None:
    await told(notify)
    answer = await notify.browser.post("/phones/+84905000001/messages", data={"text": "XEM"})
    assert answer.status_code == 303
    await notify.settle()
    assert "XEM" in (await notify.browser.get("/phones")).text
    assert (await notify.alerts(RESIDENT))[-1] == "answer"


async def test_the_page_asks_only_for_what_is_new(notify: Notify) -> None:
    await told(notify)
    shown = [RESIDENT, HELPER, LEADER]
    news = await notify.browser.get("/phones/news", params={"shown": shown})
    assert 'id="bubbles-84905000001"' in news.text
    since = news.text.split('name="since" value="')[1].split('"')[0]
    assert (await notify.browser.get("/phones/news", params={"shown": shown, "since": since})).status_code == 204
    await notify.hear(Story().offered("T-2"))
    later = (await notify.browser.get("/phones/news", params={"shown": shown, "since": since})).text
    assert "Phạm Quang" in later
    assert "bubbles-84905000001" not in later


async def test_without_the_simulator_there_are_no_phones(settings: Settings, notify: Notify) -> None:
    real = build(
        Settings(
            database_url=settings.database_url,
            secret_key=SECRET,
            webhook_url="http://127.0.0.1:9/hook",
            webhook_secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        )
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(real.app), base_url="http://notify") as browser:
        for path in ("/phones", "/api/v1/phones/0905000001/messages"):
            assert (await browser.get(path)).status_code == 404


async def test_the_hot_queries_stand_on_indexes(notify: Notify) -> None:
    """A full store: what a sender asks each time must not read it."""
    stories = [Story() for _ in range(300)]
    await notify.hear(*[story.submitted(f"+8490500{n:04d}") for n, story in enumerate(stories)])
    async with notify.store.begin() as unit:
        for _ in range(5):
            await unit.execute(
                text(
                    "insert into message select "
                    "(jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid()))).* from message m"
                )
            )
        await unit.execute(text("analyze message"))
        plans = {
            "message_due": "select id from message where state = 'queued' and channel = 'simulator' "
            "and priority in (0, 1) and not_before <= now() "
            "order by priority, not_before limit 200 for update skip locked",
            "message_leased": "select min(lease_until) from message where state = 'sending' and channel = 'simulator'",
            "message_code": "select id from message where code = '482915307' order by id desc limit 50",
            "message_phone": "select id from message where phone = '+84905000001' order by id desc limit 50",
            "message_commune": "select id from message where commune = '24999' order by id desc limit 50",
            "message_offer": "select 1 from message where offer_id = gen_random_uuid()",
        }
        for index, query in plans.items():
            plan = "\n".join(row[0] for row in await unit.execute(text(f"explain {query}")))
            assert index in plan, plan
