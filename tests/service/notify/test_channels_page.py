"""Promise 2.3: a page says for each channel whether it works, with a trial; the same as JSON and for Prometheus."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from prometheus_client import REGISTRY

from services.notify.channels import closing
from services.notify.channels.channel import Channel
from services.notify.channels.fitting import Fitted, Health
from services.notify.channels.simulator import Simulator
from services.notify.messages import trial
from services.notify.messages.channel_watch import Watch
from shared.identity import Principal, Role
from shared.settings import Settings
from tests.service.notify.conftest import Notify
from tests.service.notify.story import NEIGHBOUR, Story, everybody, places_known

PAGE = "/messages/channels"
PHONE = "+84905777888"


@pytest.fixture
async def notify(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Notify]:
    """With the simulator, and a webhook that nobody answers."""
    monkeypatch.setattr(trial, "WAIT_S", 0.0)
    hook = {"webhook_url": "http://127.0.0.1:9/", "webhook_secret": "whsec_" + "A" * 32}
    running = Notify(settings.model_copy(update=hook))
    await running.hear(*places_known(), *everybody())
    yield running
    await running.store.close()


async def post(notify: Notify, path: str, role: Role, **data: str) -> httpx.Response:
    token = notify.service.tokens.issue(Principal(role=role, id="asks"))
    return await notify.browser.post(path, data=data, headers={"authorization": f"Bearer {token}"})


async def test_it_says_how_each_channel_fares(notify: Notify) -> None:
    await notify.behave(NEIGHBOUR, "unknown_number")
    await notify.hear(Story().submitted())
    await notify.hear(Story().offered("T-2"))
    simulator, webhook = (await notify.get("/api/v1/messages/channels")).json()["items"]
    assert (simulator["name"], simulator["health"], simulator["two_way"]) == ("simulator", "well", True)
    assert simulator["hour"] == simulator["day"] == {"sent": 1, "failed": 1}
    assert simulator["last_failure"]["reason"] == "unknown_number" and simulator["last_success"]
    assert (webhook["health"], webhook["details"], webhook["closed"]) == ("down", "private", None)
    assert webhook["last_success"] is webhook["last_failure"] is None
    page = (await notify.get(PAGE)).text
    assert "Đang chạy tốt" in page and "Không chạy" in page and "1 gửi được, 1 không được" in page
    assert "số không có thật" in page and NEIGHBOUR not in page


async def test_what_is_long_ago_is_counted_no_more(notify: Notify) -> None:
    await notify.hear(Story().submitted())
    await notify.pass_time(timedelta(hours=2))
    (simulator, _) = (await notify.get("/api/v1/messages/channels")).json()["items"]
    assert (simulator["hour"]["sent"], simulator["day"]["sent"]) == (0, 1)


async def test_supervisors_look_and_do_nothing_and_others_see_nothing(notify: Notify) -> None:
    page = (await notify.get(PAGE, Role.SUPERVISOR, "24121")).text
    assert "<h1>" in page and "<form" not in page
    assert (await notify.get(PAGE, Role.OPERATOR)).status_code == 404
    assert (await notify.get(PAGE, Role.MEMBER)).status_code == 404
    for path in (f"{PAGE}/simulator/trials", f"{PAGE}/webhook/opening"):
        assert (await post(notify, path, Role.SUPERVISOR, address=PHONE)).status_code == 404
    assert await notify.texts(PHONE) == []


async def test_a_trial_goes_the_way_of_every_message_and_its_result_is_shown(notify: Notify) -> None:
    answer = await post(notify, f"{PAGE}/simulator/trials", Role.ADMINISTRATOR, address="0905 777 888")
    assert answer.status_code == 303
    result = answer.headers["location"].split("#")[0]
    assert "Tin thử: Đang chờ gửi" in (await notify.get(result)).text
    await notify.settle()
    (text,) = await notify.texts(PHONE)
    assert text.startswith("[THU] Cau Noi") and text.isascii() and len(text) <= 160
    assert "Tin thử: Đã gửi" in (await notify.get(result)).text
    assert "Tin thử" not in (await notify.get(result, Role.SUPERVISOR, "24121")).text


async def test_what_is_no_address_is_said_beside_it_and_what_was_typed_stays(notify: Notify) -> None:
    answer = await post(notify, f"{PAGE}/simulator/trials", Role.ADMINISTRATOR, address="0905 7")
    assert answer.status_code == 422 and "cần 10 chữ số" in answer.text and 'value="0905 7"' in answer.text
    assert (await post(notify, f"{PAGE}/pigeons/trials", Role.ADMINISTRATOR, address="x")).status_code == 404
    assert await notify.messages() == []


async def test_another_site_can_try_nothing(notify: Notify) -> None:
    token = notify.service.tokens.issue(Principal(role=Role.ADMINISTRATOR, id="a"))
    headers = {"authorization": f"Bearer {token}", "sec-fetch-site": "cross-site"}
    answer = await notify.browser.post(f"{PAGE}/simulator/trials", data={"address": PHONE}, headers=headers)
    assert answer.status_code == 403


async def test_a_closed_channel_is_opened_by_an_administrator(notify: Notify) -> None:
    async with notify.store.begin() as unit:
        await closing.close(unit, "webhook", "gone", notify.clock.now())
    assert "Kênh đã đóng" in (await notify.get(PAGE)).text
    assert (await post(notify, f"{PAGE}/webhook/opening", Role.ADMINISTRATOR)).status_code == 303
    assert "Kênh đã đóng" not in (await notify.get(PAGE)).text


async def test_prometheus_reads_which_channels_work(notify: Notify) -> None:
    channel: Channel = Simulator(notify.store)

    async def broken() -> Health:
        raise OSError("cable")

    async def ailing() -> Health:
        return Health("ailing")

    for check, up in ((broken, 0.0), (ailing, 1.0)):
        found = await Watch([Fitted(channel, check=check)]).look()
        assert REGISTRY.get_sample_value("caunoi_channel_up", {"channel": "simulator"}) == up
        assert found["simulator"].details == ("OSError" if check is broken else "")
    health = await Watch([Fitted(channel)]).look()
    assert health["simulator"].state == "unknown"


@pytest.mark.parametrize(
    ("typed", "kind", "address"),
    [
        ("0905 123 456", "phone", "+84905123456"),
        ("12", "phone", None),
        (" a@example.vn ", "email", "a@example.vn"),
        ("a@b", "email", None),
        ("-1001234", "telegram", "-1001234"),
        ("two words", "zalo", None),
        ("", "zalo_bot", None),
    ],
)
def test_an_address_is_read_by_its_kind(typed: str, kind: str, address: str | None) -> None:
    assert trial.address_in(typed, kind) == address  # pyright: ignore[reportArgumentType]  (a test's word)
