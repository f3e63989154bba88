"""`/messages/figures`: messages of a place and period and what they cost, for whoever watches that place."""

import re
from html import unescape

import pytest
from sqlalchemy import text

from services.notify.messages.sums import Place, sums_statement
from shared.identity import Principal, Role
from tests.service.notify.conftest import Notify
from tests.service.notify.story import Story

PAGE = "/messages/figures"
HERE = Principal(role=Role.SUPERVISOR, id="s-1", unit="24121")


async def page(notify: Notify, query: str = "", who: Principal = HERE) -> tuple[int, str]:
    headers = {"authorization": f"Bearer {notify.service.tokens.issue(who)}"}
    answer = await notify.browser.get(f"{PAGE}?{query}", headers=headers)
    return answer.status_code, unescape(answer.text)


def cells(shown: str) -> list[str]:
    return [" ".join(cell.split()) for cell in re.findall(r"<td[^>]*>([^<]*)</td>", shown)]


async def test_messages_are_counted_by_channel(notify: Notify) -> None:
    await notify.hear(Story().submitted())
    await notify.hear(Story().offered("T-1"))
    status, shown = await page(notify)
    sent = [message for message in await notify.messages() if message.sent_at]
    delivered = [message for message in sent if message.state == "delivered"]
    assert status == 200 and sent
    found = cells(shown)
    assert found[:3] == ["Điện thoại thử", str(len(sent)), str(len(delivered))]
    assert found[5] == str(sum(message.parts for message in sent))


async def test_a_part_of_it_stands_alone(notify: Notify) -> None:
    status, shown = await page(notify, "part=yes")
    assert status == 200 and "<html" not in shown and "Kỳ này chưa có tin nào." in shown


async def test_what_lies_outside_ones_territory_does_not_exist(notify: Notify) -> None:
    assert (await page(notify, "unit=24133"))[0] == 404
    assert (await page(notify, who=Principal(role=Role.MEMBER, id="m", team="T-1")))[0] == 404
    assert (await notify.browser.get(PAGE)).status_code == 401


async def test_days_that_make_no_period_are_refused(notify: Notify) -> None:
    assert (await page(notify, "from=2026-11-25&to=2026-11-01"))[0] == 422
    assert (await page(notify, "from=2020-11-25&to=2026-11-01"))[0] == 422


@pytest.mark.parametrize(
    "place", [Place(), Place("66"), Place("24121", is_commune=True)], ids=["all", "above", "commune"]
)
async def test_the_query_is_served_by_an_index(notify: Notify, place: Place) -> None:
    asked = {"channels": ["simulator"], "start": notify.clock.now(), "end": notify.clock.now(), "most": 10}
    values = asked | ({"unit": place.unit} if place.unit else {})
    async with notify.store.read() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        explained = text(f"explain {sums_statement(place).text}").bindparams(**values)
        plan = "\n".join((await connection.execute(explained)).scalars())
    assert "Seq Scan on message" not in plan, plan
