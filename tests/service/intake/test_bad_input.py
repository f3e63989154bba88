"""Bad input of the API: each is refused with a sentence at its field; nothing is stored, nothing published."""

from typing import Any

import pytest

from tests.service.intake.world import World, request

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("half a location", {"lat": 12.68}, "lon"),
    ("the other half of a location", {"lon": 108.04}, "lon"),
    ("a point in the sea, far from every commune", {"lat": 10.0, "lon": 115.0}, "lat"),
    ("a point beyond the poles", {"lat": 91.0, "lon": 108.0}, "lat"),
    ("a truth value for a number", {"lat": True, "lon": 108.0}, "lat"),
    ("an unknown category", {"category": "gardening"}, "category"),
    ("an unknown commune", {"commune_code": "00000"}, "commune_code"),
    ("a commune's name in the place of its code", {"commune_code": "Buôn Ma Thuột"}, "commune_code"),
    ("an unknown village", {"village_id": "v-404"}, "village_id"),
    ("a village of another commune", {"village_id": "v-9"}, "village_id"),
    ("an empty description", {"description": ""}, "description"),
    ("a description of blanks", {"description": " \n\t "}, "description"),
    ("a description that is too long", {"description": "a" * 2001}, "description"),
    ("a NUL in the description", {"description": "a\x00b"}, "description"),
    ("a phone that no network could have", {"phone": "0123456789"}, "phone"),
    ("a phone of another country", {"phone": "+1 202 555 0100"}, "phone"),
    ("a short code for a phone", {"phone": "113"}, "phone"),
    ("a phone that is a number", {"phone": 905123456}, "phone"),
    ("a name that is too long", {"requester_name": "a" * 81}, "requester_name"),
    ("an unknown language", {"language": "fr"}, "language"),
    ("an unknown channel", {"channel": "fax"}, "channel"),
    ("a channel that is ours alone", {"channel": "sms"}, "channel"),
    ("a mistyped code to add to", {"add_to": "482915308"}, "add_to"),
    ("a code to add to that is nobody's", {"add_to": "482915304"}, "add_to"),
]
RAW: list[tuple[str, bytes]] = [
    ("no JSON", b"hello"),
    ("a list", b"[]"),
    ("bytes that are no UTF-8", b'{"category": "\xff"}'),
    ("not a number", b'{"lat": NaN}'),
    ("a name twice", b'{"phone": "0905123456", "phone": "0905123457"}'),
    ("a tower of brackets", b"[" * 30000),
]
NEEDED = ("category", "description", "phone", "commune_code", "channel")


async def nothing_happened(intake: World) -> bool:
    return not any([await intake.count(table) for table in ("request", "outbox", "once")])


@pytest.mark.parametrize(("change", "field"), [(c, f) for _, c, f in BAD], ids=[name for name, _, _ in BAD])
async def test_bad_input_is_refused_at_its_field(intake: World, change: dict[str, Any], field: str) -> None:
    answer = await intake.post(request(**change), **{"idempotency-key": "k"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert all(error["problem"] for error in answer.json()["errors"])
    assert await nothing_happened(intake)


@pytest.mark.parametrize("field", NEEDED)
async def test_a_missing_field_is_named(intake: World, field: str) -> None:
    body = request()
    del body[field]
    answer = await intake.post(body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await nothing_happened(intake)


@pytest.mark.parametrize("body", [b for _, b in RAW], ids=[name for name, _ in RAW])
async def test_a_body_that_is_no_proper_json_is_refused(intake: World, body: bytes) -> None:
    answer = await intake.http.post("/api/v1/requests", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert await nothing_happened(intake)


async def test_a_body_over_64_kilobytes_is_refused(intake: World) -> None:
    answer = await intake.post(request(description="a" * 70_000))
    assert answer.status_code == 413
    assert await nothing_happened(intake)


async def test_every_wrong_field_is_told_at_once(intake: World) -> None:
    answer = await intake.post(request(category="x", commune_code="y", lat=10.0, lon=115.0))
    assert {error["field"] for error in answer.json()["errors"]} == {"category", "commune_code"}


async def test_errors_are_in_the_callers_language(intake: World) -> None:
    vietnamese = await intake.post(request(phone="1"))
    english = await intake.post(request(phone="1"), **{"accept-language": "en-GB,en;q=0.9"})
    assert vietnamese.json()["errors"][0]["problem"] == "Số điện thoại cần 10 chữ số, ví dụ 0905 123 456."
    assert english.json()["errors"][0]["problem"] == "A phone number has 10 digits, for example 0905 123 456."
