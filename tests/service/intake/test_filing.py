"""A request is filed: stored and told in one commit, kept for ever, once however often it is sent."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.intake.requests import filing, flooding
from shared.codes import new_code, parse_code
from shared.events import tickets
from shared.identity import Role
from shared.store import Unit
from shared.store.gather import Gather
from tests.service.intake.world import COMMUNE, WEDNESDAY, World, request, told, world


async def events(intake: World) -> list[dict[str, Any]]:
    """What was told, oldest first."""
    rows = await intake.rows("select subject, body from outbox order by position")
    return [{"subject": subject} | json.loads(body) for subject, body in rows]


async def test_the_answer_names_the_ticket_and_what_was_promised(intake: World) -> None:
    answer = await intake.post(request(village_id="v-1", lat=12.68, lon=108.04, requester_name="H'Bia", language="rad"))
    body = answer.json()
    assert answer.status_code == 201
    assert set(body) == {"id", "code", "status", "submitted_at", "targets", "tracking_url"}
    assert parse_code(body["code"]) == body["code"]
    assert body["status"] == "new"
    assert body["tracking_url"] == f"http://caunoi.test/t/{body['code']}"
    submitted = datetime.fromisoformat(body["submitted_at"])
    assert abs(submitted - WEDNESDAY) < timedelta(seconds=30)
    due = datetime.fromisoformat(body["targets"]["response_due"])
    assert due == submitted + timedelta(hours=2)  # 09:00 + 2 working hours
    assert body["submitted_at"].endswith("Z") and body["targets"]["resolution_due"].endswith("Z")


async def test_what_is_stored_is_what_is_told(intake: World) -> None:
    filed = await intake.file(village_id="v-1", lat=12.68, lon=108.04, requester_name="  H'Bia  ", language="rad")
    [event] = await events(intake)
    assert event["subject"] == "requests.submitted.66"
    assert (event["code"], event["request_id"], event["add_to"]) == (filed["code"], filed["id"], False)
    assert event["facts"] == {
        "category": "payments",
        "description": "Không biết quét mã QR để trả tiền điện",
        "phone": "+84905123456",
        "requester_name": "H'Bia",
        "language": "rad",
        "commune": COMMUNE,
        "village_id": "v-1",
        "lat": 12.68,
        "lon": 108.04,
    }
    assert event["promise"]["response_due"] == filed["targets"]["response_due"]
    assert event["promise"]["response_s"] == 7200 and not event["promise"]["urgent"]
    assert event["promise"]["calendar"]["weekly"]["monday"] == ["07:30-11:30", "13:00-17:00"]
    [row] = await intake.rows("select code, phone, requester_name, commune from request")
    assert tuple(row) == (filed["code"], "+84905123456", "H'Bia", COMMUNE)


async def test_cards_and_passwords_reach_neither_store_nor_bus(intake: World) -> None:
    await intake.file(description="CCCD 066123456789, OTP 482915, mất 500.000.000 đồng")
    [event], [row] = await events(intake), await intake.rows("select description from request")
    assert event["facts"]["description"] == row[0] == "CCCD ••••••••••••, OTP ••••••, mất 500.000.000 đồng"


async def test_an_urgent_promise_counts_at_any_hour(intake: World) -> None:
    intake.clock.set_now(WEDNESDAY + timedelta(hours=15))  # midnight
    filed = await intake.file(category="scam_safety")
    due = datetime.fromisoformat(filed["targets"]["response_due"])
    assert due - datetime.fromisoformat(filed["submitted_at"]) == timedelta(minutes=30)


async def test_a_callers_trace_goes_on_with_what_their_request_causes(intake: World) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    await intake.post(request(), traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    await intake.file(phone="0905123457")
    first, second = [row[0] for row in await intake.rows("select headers from outbox order by position")]
    assert first["correlation_id"] == first["traceparent"].split("-")[1] == trace
    assert second["correlation_id"] != trace


async def test_a_hundred_at_the_same_moment_are_a_hundred_requests(intake: World) -> None:
    answers = await asyncio.gather(*(intake.file(description=f"việc {n}") for n in range(100)))
    assert len({answer["code"] for answer in answers}) == 100
    assert {event["code"] for event in await events(intake)} == {answer["code"] for answer in answers}
    assert await intake.count("request") == 100


async def test_a_code_that_somebody_has_is_drawn_again(intake: World, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = (await intake.file())["code"]
    other = new_code()
    drawn = iter([taken, taken, other])
    monkeypatch.setattr(filing, "new_code", lambda: next(drawn))
    assert (await intake.file())["code"] == other


async def test_where_every_code_is_taken_nothing_is_filed_and_nobody_waits(
    intake: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = (await intake.file())["code"]
    monkeypatch.setattr(filing, "new_code", lambda: taken)
    with pytest.raises(filing.NoFreeCode):
        await asyncio.wait_for(intake.file(), 10)
    assert await intake.count("request") == await intake.count("outbox") == 1


@pytest.mark.parametrize("keys", [[], ["a", "b", "c", "d"]], ids=["without keys", "with keys"])
@pytest.mark.parametrize("joining", [False, True], ids=["new tickets", "joining one"])
async def test_a_group_whose_commit_was_not_answered_is_filed_once(
    intake: World, monkeypatch: pytest.MonkeyPatch, keys: list[str], joining: bool
) -> None:
    changes = {"add_to": (await intake.file())["code"]} if joining else {}
    before = await intake.count("request")
    lost = lose_the_answer_of_a_group(intake, monkeypatch)
    headers = [{"idempotency-key": key} for key in keys] or [{}] * 4
    asked = [intake.post(request(description=f"việc {n}", **changes), **each) for n, each in enumerate(headers)]
    answers = await asyncio.wait_for(asyncio.gather(*asked), 10)
    assert lost and {answer.status_code for answer in answers} == {201}
    told = {event["request_id"]: event["code"] for event in (await events(intake))[before:]}
    assert told == {answer.json()["id"]: answer.json()["code"] for answer in answers}
    assert await intake.count("request") == await intake.count("outbox") == before + 4


def lose_the_answer_of_a_group(intake: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The next commit of several requests succeeds, and nobody hears of it; how many they were.

    The first waits for two others, so that those are several.
    """
    begin, submit = intake.service.store.begin, Gather.submit
    lost, came = list[int](), list[Any]()

    async def counted(gather: Gather[Any, Any], item: Any) -> Any:
        came.append(item)
        return await submit(gather, item)

    @asynccontextmanager
    async def once_unheard() -> AsyncIterator[Unit]:
        while len(came) < 3:
            await asyncio.sleep(0.01)
        async with begin() as unit:
            yield unit
            together = len(unit.owed)
        if together > 1 and not lost:
            lost.append(together)
            raise ConnectionResetError("the connection went away after the commit")

    monkeypatch.setattr(Gather, "submit", counted)
    monkeypatch.setattr(intake.service.store, "begin", once_unheard)
    return lost


# The same request once


async def test_the_same_key_and_body_is_the_same_request(intake: World) -> None:
    first = await intake.post(request(), **{"idempotency-key": "a"})
    reordered = dict(reversed(request().items()))
    again = await intake.post(reordered, **{"idempotency-key": "a"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert await intake.count("request") == await intake.count("outbox") == 1


async def test_the_same_key_with_another_body_is_refused(intake: World) -> None:
    await intake.post(request(), **{"idempotency-key": "a"})
    answer = await intake.post(request(phone="0905123457"), **{"idempotency-key": "a"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert await intake.count("request") == 1


async def test_twenty_retries_at_once_are_one_request(intake: World) -> None:
    answers = await asyncio.gather(*(intake.post(request(), **{"idempotency-key": "a"}) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert await intake.count("request") == await intake.count("outbox") == 1


async def test_two_processes_with_the_same_keys_file_each_once(empty_store: str) -> None:
    async with world(empty_store) as one, world(empty_store) as other:
        keys = [f"key-{number}" for number in range(20)]
        both = (process.post(request(), **{"idempotency-key": key}) for key in keys for process in (one, other))
        answers = await asyncio.gather(*both)
        assert {answer.status_code for answer in answers} == {201}
        assert all(answers[n].json() == answers[n + 1].json() for n in range(0, len(answers), 2))
        assert await one.count("request") == await one.count("outbox") == len(keys)


async def test_a_key_is_kept_for_24_hours(intake: World) -> None:
    first = await intake.post(request(), **{"idempotency-key": "a"})
    intake.clock.set_now(WEDNESDAY + timedelta(hours=23, minutes=50))
    assert (await intake.post(request(), **{"idempotency-key": "a"})).json()["code"] == first.json()["code"]
    intake.clock.set_now(WEDNESDAY + timedelta(hours=24, minutes=10))
    assert (await intake.post(request(), **{"idempotency-key": "a"})).json()["code"] != first.json()["code"]


@pytest.mark.parametrize("key", ["", "   ", "k" * 256])
async def test_an_empty_or_endless_key_is_refused(intake: World, key: str) -> None:
    assert (await intake.post(request(), **{"idempotency-key": key})).status_code == 422
    assert await intake.count("request") == 0


# Who may


async def test_the_hotline_needs_an_operator(intake: World) -> None:
    assert (await intake.post(request(channel="hotline"))).status_code == 401
    assert (await intake.post(request(channel="hotline"), **intake.token(Role.MEMBER))).status_code == 404
    assert (await intake.post(request(channel="hotline"), **intake.token(Role.OPERATOR))).status_code == 201
    assert await intake.count("request") == 1


async def test_the_api_needs_a_token_from_elsewhere(intake: World) -> None:
    elsewhere = {"x-forwarded-for": "203.0.113.7"}
    assert (await intake.post(request(), **elsewhere)).status_code == 401
    assert (await intake.post(request(), **elsewhere, authorization="Bearer forged")).status_code == 401
    assert (await intake.post(request(), **elsewhere, **intake.token(Role.MEMBER))).status_code == 201
    assert (await intake.post(request(), **{"x-forwarded-for": "203.0.113.7, 127.0.0.1"})).status_code == 201


async def test_without_the_simulator_the_api_needs_a_token_everywhere(empty_store: str) -> None:
    async with world(empty_store, simulator=False) as intake:
        assert (await intake.post(request())).status_code == 401


async def test_the_web_needs_nobody(intake: World) -> None:
    answer = await intake.post(request(channel="web"), **{"x-forwarded-for": "203.0.113.7"})
    assert answer.status_code == 201


async def test_one_number_cannot_flood_the_web(intake: World) -> None:
    for _ in range(flooding.A_PHONE.most):
        assert (await intake.post(request(channel="web"))).status_code == 201
    refused = await intake.post(request(channel="web"))
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert await intake.count("request") == flooding.A_PHONE.most
    assert (await intake.post(request(channel="web", phone="0905123457"))).status_code == 201
    assert (await intake.post(request(channel="api"))).status_code == 201
    intake.clock.set_now(WEDNESDAY + timedelta(hours=1, minutes=1))
    assert (await intake.post(request(channel="web"))).status_code == 201


# Adding to a ticket


async def test_a_further_request_joins_its_ticket(intake: World) -> None:
    first = await intake.file()
    second = await intake.file(add_to=re.sub(r"(...)(...)(...)", r"\1 \2 \3", first["code"]), description="thêm nữa")
    assert second["code"] == first["code"] and second["id"] != first["id"]
    assert second["targets"] == first["targets"]
    assert [event["add_to"] for event in await events(intake)] == [False, True]


@pytest.mark.parametrize("status", ["resolved", "closed", "cancelled"])
async def test_nobody_joins_a_ticket_that_is_over(intake: World, status: str) -> None:
    first = await intake.file()
    await intake.tell(told(tickets.Joined, first["code"], 2, status=status, request_id=first["id"]))
    answer = await intake.post(request(add_to=first["code"]))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "add_to")
    assert await intake.count("request") == 1


async def test_nobody_joins_the_ticket_of_another_number(intake: World) -> None:
    first = await intake.file()
    answer = await intake.post(request(add_to=first["code"], phone="0905123457"))
    assert answer.status_code == 422
    assert await intake.count("request") == 1


async def test_a_retry_is_the_same_request_although_its_ticket_is_over_now(intake: World) -> None:
    first = await intake.file()
    joined = await intake.post(request(add_to=first["code"]), **{"idempotency-key": "a"})
    await intake.tell(told(tickets.Cancelled, first["code"], 2, status="cancelled"))
    again = await intake.post(request(add_to=first["code"]), **{"idempotency-key": "a"})
    assert (again.status_code, again.json()) == (201, joined.json())
