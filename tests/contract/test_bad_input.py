"""1.25: what cannot be a request is refused by name and leaves no trace: nothing stored, nothing published."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import nats
import pytest

from tests.contract.people import OTHER_COMMUNE, People, is_problem
from tests.support.house import PATIENCE_S, wait_until

COUNTED_ANYWAY = {"tally"}
"""Tables that count wrong tries and too many requests: to count is their purpose."""
JSON = {"content-type": "application/json"}
_FAR_AWAY = {"lat": 21.03, "lon": 115.5}


@pytest.fixture
def traces(people: People) -> Iterator[None]:
    """Before and after: every table of the stores, every stream of the bus, when nobody has anything to do."""
    seen = people.parts
    wait_until(lambda: _is_quiet(seen) and _is_quiet(seen))
    before = asyncio.run(_everything(seen))
    yield
    wait_until(lambda: _is_quiet(seen) and _is_quiet(seen))
    assert asyncio.run(_everything(seen)) == before


def _is_quiet(seen: dict[str, Any]) -> bool:
    timers = (f"{service['url']}/simulator/timers" for service in seen["services"].values())
    busy = any(httpx.get(url, timeout=PATIENCE_S).json()["busy"] for url in timers)
    return not busy and asyncio.run(_is_folded(seen))


async def _is_folded(seen: dict[str, Any]) -> bool:
    """Changes of figures wait a little before they are folded into the days: until then tables still move."""
    connection = await asyncpg.connect(seen["postgres"]["dsn"]["assign"])
    try:
        return not await connection.fetchval("select exists(select from counted_change)")
    finally:
        await connection.close()


async def _everything(seen: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for service in ("intake", "assign"):
        connection = await asyncpg.connect(seen["postgres"]["dsn"][service])
        tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        for table in {row["tablename"] for row in tables} - COUNTED_ANYWAY:
            found[f"{service}.{table}"] = await connection.fetchval(f'select count(*) from "{table}"')
        await connection.close()
    client = await nats.connect(seen["nats"]["url"])
    for stream in await client.jetstream().streams_info():
        found[f"stream {stream.config.name}"] = stream.state.last_seq
    await client.close()
    return found


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "half a location": ({"lat": 12.6}, "lon"),
    "the other half": ({"lon": 108.1}, "lon"),
    "a point far from every commune": (_FAR_AWAY, "lat"),
    "no point on earth": ({"lat": 91, "lon": 108}, "lat"),
    "an unknown category": ({"category": "witchcraft"}, "category"),
    "a category that is a number": ({"category": 7}, "category"),
    "an unknown commune": ({"commune_code": "99999"}, "commune_code"),
    "an unknown village": ({"village_id": "0000000000000000"}, "village_id"),
    "an empty description": ({"description": ""}, "description"),
    "a description of spaces": ({"description": " \n\t  "}, "description"),
    "a description too long": ({"description": "a" * 2001}, "description"),
    "a phone with a digit too few": ({"phone": "090512345"}, "phone"),
    "a phone of no network": ({"phone": "0205123456"}, "phone"),
    "an emergency number": ({"phone": "113"}, "phone"),
    "a phone of another country": ({"phone": "+14155552671"}, "phone"),
    "a phone that is words": ({"phone": "không có"}, "phone"),
    "a name too long": ({"requester_name": "a" * 81}, "requester_name"),
    "an unknown channel": ({"channel": "pigeon"}, "channel"),
    "a channel that only we set": ({"channel": "sms"}, "channel"),
    "an unknown language": ({"language": "tlh"}, "language"),
    "a ticket that is not there": ({"add_to": "482 915 307"}, "add_to"),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.usefixtures("traces")
def test_a_wrong_field_is_named_and_nothing_is_kept(people: People, what: str) -> None:
    changes, field = WRONG[what]
    answer = people.anybody.post("/api/v1/requests", json=people.request() | changes)
    is_problem(answer, 422, field)


@pytest.mark.parametrize("field", ["category", "description", "phone", "commune_code", "channel"])
@pytest.mark.usefixtures("traces")
def test_a_missing_field_is_named(people: People, field: str) -> None:
    body = {name: value for name, value in people.request().items() if name != field}
    is_problem(people.anybody.post("/api/v1/requests", json=body), 422, field)


@pytest.mark.usefixtures("traces")
def test_a_village_of_another_commune_is_refused(people: People) -> None:
    body = people.request(commune_code=OTHER_COMMUNE)
    is_problem(people.anybody.post("/api/v1/requests", json=body), 422, "village_id")


@pytest.mark.parametrize(
    ("content", "statuses"),
    [
        (b"", {400, 422}),
        (b"{", {400, 422}),
        (b"[]", {422}),
        (b"null", {422}),
        (b'"text"', {422}),
        (b'{"category": NaN}', {400, 422}),
        (b'{"lat": 1e999, "lon": 108}', {400, 422}),
        (b"\xff\xfe\x00", {400, 422}),
        (b'{"description": "\\ud800"}', {400, 422}),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, {400, 413, 422}),
        (b'{"description": "' + b"a" * 66_000 + b'"}', {413}),
    ],
)
@pytest.mark.usefixtures("traces")
def test_what_is_no_request_at_all_is_a_problem_and_no_crash(
    people: People, content: bytes, statuses: set[int]
) -> None:
    answer = people.anybody.post("/api/v1/requests", content=content, headers=JSON)
    assert answer.status_code in statuses, answer.text
    is_problem(answer, answer.status_code)


@pytest.mark.usefixtures("traces")
def test_a_zero_byte_in_a_text_does_no_harm(people: People) -> None:
    is_problem(people.anybody.post("/api/v1/requests", json=people.request(description="\x00")), 422, "description")


@pytest.mark.parametrize("code", ["abc", "1", "48291530", "4829153071", "%00", "482915307' or '1'='1"])
def test_a_code_that_is_none_is_not_found(people: People, code: str) -> None:
    for who, path in ((people.supervisor, "/api/v1/tickets"), (people.anybody, "/api/v1/requests")):
        answer = (
            who.get(f"{path}/{code}")
            if who is people.supervisor
            else who.post(f"{path}/{code}/lookup", json={"phone_last4": "1234"})
        )
        assert answer.status_code in (400, 404), answer.text


def test_errors_are_in_the_callers_language(people: People) -> None:
    body = people.request(phone="1")
    said = {
        language: people.anybody.post("/api/v1/requests", json=body, headers={"Accept-Language": language}).json()
        for language in ("vi", "en", "en-GB,vi;q=0.5", "fr")
    }
    assert said["vi"]["errors"] != said["en"]["errors"]
    assert said["en-GB,vi;q=0.5"] == said["en"]
    assert said["fr"] == said["vi"], "Vietnamese first"
