"""Promise 2.9: what notify heard by text becomes a request as if it had been filled in, or is refused aloud."""

from typing import Any
from uuid import uuid4

import pytest

from services.intake.catalogue.memory import Catalogue
from services.intake.requests.texted import NotYet, TextedRequests
from shared.events.envelope import Received
from shared.events.replies import AskedForHelp
from shared.store import inbox
from tests.service.intake.world import COMMUNE, NEIGHBOUR, WEDNESDAY, World, category, life, promise, received

PHONE = "+84905123456"


def asked(**changes: Any) -> AskedForHelp:
    facts: dict[str, Any] = {
        "ask_id": uuid4(),
        "at": WEDNESDAY,
        "phone": PHONE,
        "category": "payments",
        "description": "khong biet quet ma QR\nBuon Ma Thuot",
        "commune": COMMUNE,
        "village_id": "v-1",
    }
    return AskedForHelp(**(facts | changes))


async def hear(intake: World, *events: AskedForHelp) -> None:
    """They come in one batch."""
    await take(intake, [received(event) for event in events])


async def take(intake: World, events: list[Received[Any]]) -> None:
    """As the listener does: one transaction, each event once."""
    listener = intake.service.bus.listeners["replies"]
    async with intake.service.store.begin() as unit:
        new = await inbox.take(unit, listener.durable, events)
        if fresh := [event for event in events if event.id in new]:
            await listener.handle(unit, fresh)


async def published(intake: World, kind: str) -> list[dict[str, Any]]:
    query = "select convert_from(body, 'UTF8')::jsonb from outbox where headers->>'ce-type' = :kind order by position"
    return [row[0] for row in await intake.rows(query, kind=kind)]


async def test_it_is_a_request_with_code_promise_and_village(intake: World) -> None:
    await hear(intake, asked())
    [event] = await published(intake, "requests.submitted")
    assert (event["channel"], event["add_to"], event["facts"]["village_id"]) == ("sms", False, "v-1")
    assert event["facts"]["phone"] == PHONE
    assert event["promise"]["response_due"].startswith("2026-11-25T04:00"), "two working hours from 09:00"
    assert (await intake.look_up(event["code"])).json()["status"] == "new"


async def test_the_same_event_twice_is_one_request(intake: World) -> None:
    event = received(asked())
    await take(intake, [event])
    await take(intake, [event])
    assert await intake.count("request") == 1


async def test_a_second_one_alike_is_added_to_the_open_ticket(intake: World) -> None:
    await hear(intake, asked(), asked(description="van chua duoc"), asked(phone="+84905999999"))
    first, second, third = await published(intake, "requests.submitted")
    assert (second["code"], second["add_to"]) == (first["code"], True)
    assert third["add_to"] is False
    await intake.tell(*life(first["code"]).values())
    await hear(intake, asked())
    assert (await published(intake, "requests.submitted"))[-1]["add_to"] is False, "that one is closed"


async def test_an_unknown_category_is_other_and_a_village_that_is_no_more_is_left_out(intake: World) -> None:
    await intake.tell(category("other", "Việc khác", "Something else", 10), promise("other"))
    await hear(intake, asked(category="no_such_duty", village_id="v-9"), asked(village_id="gone"))
    first, second = await published(intake, "requests.submitted")
    assert (first["facts"]["category"], first["facts"]["village_id"]) == ("other", None)
    assert second["facts"]["village_id"] is None


async def test_numbers_that_nobody_should_have_written_are_masked(intake: World) -> None:
    await hear(intake, asked(description="ho hoi ma OTP 123456 toi da doc"))
    [event] = await published(intake, "requests.submitted")
    assert "123456" not in event["facts"]["description"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"commune": "99999@2025-07-01"}, "unknown_place"),
        ({"category": "no_such_duty"}, "nothing_promised"),
        ({"description": "x" * 2001}, "unreadable"),
        ({"phone": "8077"}, "unreadable"),
    ],
)
async def test_what_cannot_be_taken_is_refused_aloud(intake: World, changes: dict[str, Any], reason: str) -> None:
    event = asked(**changes)
    await hear(intake, event, asked(commune=NEIGHBOUR, village_id=None))
    [refused] = await published(intake, "requests.refused")
    assert (refused["ask_id"], refused["reason"]) == (str(event.ask_id), reason)
    assert await intake.count("request") == 1, "and holds up nobody behind it"


async def test_before_any_place_is_known_it_is_taken_again_later(intake: World) -> None:
    nothing_known = TextedRequests(Catalogue(), intake.clock)
    async with intake.service.store.begin() as unit:
        with pytest.raises(NotYet):
            await nothing_known.on_asked(unit, [received(asked())])


async def test_nobody_may_say_sms_by_the_api(intake: World) -> None:
    answer = await intake.post(
        {"category": "payments", "description": "x", "phone": PHONE, "commune_code": "24133"} | {"channel": "sms"}
    )
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["channel"]
