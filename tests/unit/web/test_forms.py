"""Nonces, and posts from other sites."""

from datetime import UTC, datetime, timedelta

import pytest
from itsdangerous import TimestampSigner

from shared.web.forms import NONCE_AGE_S, Nonces
from tests.unit.web.app import HOME, client

KEY = "a key of at least sixteen"


def test_each_form_gets_a_nonce_of_its_own_that_reads_back_the_same():
    nonces = Nonces(KEY)
    first, second = nonces.new(), nonces.new()
    assert nonces.read(first) == nonces.read(first)
    assert nonces.read(first) != nonces.read(second)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "\ud800", "é" * 5000])
def test_a_nonce_that_is_not_ours_is_none(text: str):
    assert Nonces(KEY).read(text) is None


def test_a_nonce_signed_with_another_key_or_changed_is_none():
    nonce = Nonces(KEY).new()
    assert Nonces("another key of sixteen").read(nonce) is None
    assert Nonces(KEY).read("x" + nonce) is None


def test_a_nonce_of_yesterday_is_none(monkeypatch: pytest.MonkeyPatch):
    nonce = Nonces(KEY).new()
    later = datetime.now(UTC) + timedelta(seconds=NONCE_AGE_S + 2)
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(later.timestamp()))
    assert Nonces(KEY).read(nonce) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://other.caunoi.example"}, 403),
        ({"Origin": HOME}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 200),
    ],
)
async def test_only_our_own_pages_may_post_with_a_cookie(headers: dict[str, str], status: int):
    async with client() as browser:
        assert (await browser.post("/change", headers=headers)).status_code == status
