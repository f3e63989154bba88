"""Errors leave as RFC 9457 says, in the caller's language (promise 1.25)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared.web.languages import Translator
from shared.web.problems import Problem
from tests.unit.web.app import PAGE, client, small_app


async def test_a_wrong_value_is_named_with_its_field_and_a_sentence():
    async with client() as browser:
        answer = await browser.post("/api/v1/sent", json={"lat": 91, "name": 5})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [
        {"field": "text", "problem": "Chỗ này còn trống."},
        {"field": "name", "problem": "Chỗ này phải là chữ."},
        {"field": "lat", "problem": "Không được quá 90."},
    ]


async def test_the_caller_s_language_is_honoured():
    async with client() as browser:
        answer = await browser.post("/api/v1/sent", json={}, headers={"Accept-Language": "en-GB, vi;q=0.5"})
    assert answer.json()["title"] == "Something needs correcting"
    assert answer.json()["errors"] == [{"field": "text", "problem": "This is missing."}]


async def test_what_was_sent_never_comes_back_in_an_error():
    async with client() as browser:
        answer = await browser.post("/api/v1/sent", json={"text": "0905123456" * 300})
    assert answer.status_code == 422
    assert "0905" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"text": "x", "lat": NaN}',
        b'{"text": "x", "lat": Infinity}',
        b'{"text": "\xff"}',
        b"[" * 60_000,
        b'{"text": "x", "lat": ' + b"1" * 5000 + b"}",
        b"[]",
        b'"text"',
        b"null",
    ],
)
async def test_a_body_that_is_no_json_object_is_422_about_the_body(body: bytes):
    async with client() as browser:
        answer = await browser.post("/api/v1/sent", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"text": "x", "lat": 1, "lat": 2}', "lat"),
        (b'{"text": "x", "lat": 1e999}', "lat"),
        (b'{"text": "x", "lat": ' + b"1" * 4000 + b"}", "lat"),
        (b'{"text": "x", "lat": true}', "lat"),
        (b'{"text": "x", "lon": "east"}', "lon"),
        (b'{"text": "a\\u0000b"}', "text"),
        (b'{"text": "\\ud800"}', "text"),
        (b'{"text": " \\u0007\\n "}', "text"),
    ],
)
async def test_a_value_no_store_could_keep_is_422_about_its_field(body: bytes, field: str):
    async with client() as browser:
        answer = await browser.post("/api/v1/sent", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_body_over_the_limit_is_413():
    async with client() as browser:
        answer = await browser.post("/api/v1/sent", json={"text": "a" * 70_000})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert "64 kB" in answer.json()["detail"]


async def test_a_body_over_the_limit_is_413_also_without_an_announced_length():
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b"a" * 1000

    async with client() as browser:
        answer = await browser.post("/api/v1/sent", content=pieces(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["title"] == "Nội dung quá lớn"


async def test_an_upload_may_be_larger_up_to_its_own_limit():
    async with client() as browser:
        assert (await browser.post("/upload", content=b"a" * 150_000)).json() == 150_000
        assert (await browser.post("/upload", content=b"a" * 250_000)).status_code == 413


async def test_more_members_travel_with_a_problem():
    async with client() as browser:
        answer = await browser.get("/api/v1/taken")
    assert answer.status_code == 409
    assert answer.json()["ticket"] == {"code": "482915307"}


async def test_the_unknown_is_404_and_a_wrong_method_405_with_what_is_allowed():
    async with client() as browser:
        unknown = await browser.get("/api/v1/nothing")
        wrong_method = await browser.delete("/api/v1/sent")
    assert unknown.json()["title"] == "Không tìm thấy"
    assert (wrong_method.status_code, wrong_method.headers["allow"]) == (405, "POST")
    assert wrong_method.headers["content-type"] == "application/problem+json"


async def test_a_fault_says_nothing_of_its_cause():
    async with client() as browser:
        answer = await browser.get("/fault")
    assert answer.status_code == 500
    assert "secret words" not in answer.text
    assert answer.json()["title"] == "Hệ thống gặp trục trặc"


async def test_whoever_goes_away_while_sending_is_no_fault():
    events = iter([{"type": "http.request", "body": b"a", "more_body": True}, {"type": "http.disconnect"}])
    scope = {"type": "http", "method": "POST", "path": "/upload", "query_string": b"", "headers": []}
    sent: list[Any] = []

    async def receive() -> Any:
        return next(events)

    async def send(message: Any) -> None:
        sent.append(message)

    with capture_logs() as logs:
        await small_app()(scope, receive, send)  # raises where it is taken for a fault
    assert [line["event"] for line in logs] == ["web.caller_gone"]


async def test_a_store_that_is_away_is_a_503_that_says_when_to_come_again():
    async with client() as browser:
        answer = await browser.get("/away")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["detail"] == "Xin thử lại sau ít giây."


async def test_a_browser_gets_a_page_and_a_program_gets_data():
    async with client() as browser:
        page = await browser.get("/nothing", headers=PAGE)
        program = await browser.get("/api/v1/nothing", headers=PAGE)
    assert page.status_code == 404
    assert "<h1>Không tìm thấy</h1>" in page.text
    assert program.headers["content-type"] == "application/problem+json"


async def test_htmx_gets_a_notice_for_the_page_it_is_on():
    async with client() as browser:
        answer = await browser.get("/nothing", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert answer.headers["hx-retarget"] == "#problem"
    assert "<html" not in answer.text
    assert "Không tìm thấy" in answer.text


def test_a_status_without_words_of_its_own_still_has_a_sentence():
    assert Problem(418).in_language(Translator("en"))["title"] == "That did not work"


def test_a_401_tells_how_to_sign_in():
    assert Problem(401).headers == {"WWW-Authenticate": "Bearer"}
