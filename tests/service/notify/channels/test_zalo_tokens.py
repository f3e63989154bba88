"""Promise 2.3, Zalo's rotating tokens: one lock, kept before use, and a person is told when the grant is lost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import structlog
from sqlalchemy.exc import OperationalError
from starlette.responses import JSONResponse

from services.notify.base import TABLES
from services.notify.channels import zalo_store
from services.notify.channels.calling import Answer, NotReached
from services.notify.channels.zalo_grant import Grants
from services.notify.channels.zalo_tokens import App, Refused, Tokens, read_pair
from shared.settings import Settings
from shared.store import Store
from tests.service.notify.channels.zalo_granted import granted
from tests.service.notify.story import NOON
from tests.support.stand_ins.serving import Dropped
from tests.support.stand_ins.zalo import APP_ID, APP_SECRET, OA_ID, ZaloStandIn, error, zalo_stand_in

OLD = timedelta(hours=21)


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloStandIn]:
    async with zalo_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    made = Store(settings.database_url, TABLES, source="notify")
    yield made
    await made.close()


@pytest.fixture
async def tokens(store: Store, zalo: ZaloStandIn) -> AsyncIterator[Tokens]:
    made = Tokens(App(APP_ID, APP_SECRET, zalo.url), store)
    yield made
    await made.close()


async def kept(store: Store) -> tuple[str, str]:
    async with store.read() as connection:
        grant = await zalo_store.grant_of(connection, APP_ID)
    assert grant
    return grant.access_token, grant.refresh_token


async def test_a_young_pair_is_used_as_it_is(store: Store, zalo: ZaloStandIn, tokens: Tokens) -> None:
    await granted(store, zalo, timedelta(hours=19))
    assert await tokens.current() == "access-token-1"
    assert zalo.refreshes == []


async def test_after_twenty_hours_it_is_renewed_and_kept_before_it_is_used(
    store: Store, zalo: ZaloStandIn, tokens: Tokens
) -> None:
    await granted(store, zalo, OLD)
    assert await tokens.current() == "access-token-2"
    assert await kept(store) == ("access-token-2", "refresh-token-2")
    await granted(store, zalo, OLD - timedelta(days=1))  # an older pair that comes late changes nothing
    assert (await tokens.check()).state == "well"


async def test_two_processes_that_renew_at_once_use_the_refresh_token_once(
    settings: Settings, store: Store, zalo: ZaloStandIn, tokens: Tokens
) -> None:
    await granted(store, zalo, OLD)
    other_store = Store(settings.database_url, TABLES, source="notify")
    other = Tokens(App(APP_ID, APP_SECRET, zalo.url), other_store)
    found = await asyncio.gather(*(process.current() for process in (tokens, other) * 6))
    await other.close()
    await other_store.close()
    assert set(found) == {"access-token-2"}
    assert zalo.refreshes == ["refresh-token-1"]


async def test_a_process_that_was_refused_takes_what_another_got(
    store: Store, zalo: ZaloStandIn, tokens: Tokens
) -> None:
    await granted(store, zalo)
    assert await tokens.renewed("access-token-1") == "access-token-2"
    assert await tokens.renewed("access-token-1") == "access-token-2"
    assert len(zalo.refreshes) == 1


async def test_a_dead_grant_is_told_once_and_the_token_is_used_up(
    store: Store, zalo: ZaloStandIn, tokens: Tokens
) -> None:
    await granted(store, zalo, OLD)
    zalo.grant_dies = True
    with structlog.testing.capture_logs() as logs:
        assert await tokens.current() == "access-token-1"
        assert await tokens.current() == "access-token-1"
    assert [entry["log_level"] for entry in logs if entry["event"] == "zalo.grant_lost"] == ["error"]
    assert len(zalo.refreshes) == 1
    health = await tokens.check()
    assert health.state == "down" and "-14014 Invalid refresh token" in health.details


async def test_a_dead_grant_whose_token_has_ended_sends_nothing_more(
    store: Store, zalo: ZaloStandIn, tokens: Tokens
) -> None:
    await granted(store, zalo, timedelta(hours=26))
    zalo.grant_dies = True
    for _ in range(2):
        with pytest.raises(NotReached) as refused:
            await tokens.current()
        assert (refused.value.outcome.kind, refused.value.outcome.reason) == ("permanent", "ours_to_fix")
    assert len(zalo.refreshes) == 1


async def test_trouble_that_passes_loses_no_grant(store: Store, zalo: ZaloStandIn, tokens: Tokens) -> None:
    await granted(store, zalo, OLD)
    for rude in (lambda: error(-32, "Too many requests"), lambda: JSONResponse({}, 503), Dropped):
        zalo.on_refresh = rude
        assert await tokens.current() == "access-token-1"
        with pytest.raises(NotReached) as not_now:
            await tokens.renewed("access-token-1")
        assert (not_now.value.outcome.kind, not_now.value.outcome.maybe_sent) == ("temporary", False)
    zalo.on_refresh = None
    assert await tokens.current() == "access-token-2"
    assert (await tokens.check()).state == "well"


async def test_a_pair_is_not_lost_where_the_store_goes_away_at_the_wrong_moment(
    store: Store, zalo: ZaloStandIn, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    await granted(store, zalo, OLD)
    monkeypatch.setattr("services.notify.channels.zalo_tokens.SAVE_PAUSE_S", 0)
    really, failures = zalo_store.save_grant, [1, 2]

    async def save(unit, grant) -> None:
        if failures:
            failures.pop()
            raise OperationalError("", None, ConnectionError())
        await really(unit, grant)

    monkeypatch.setattr(zalo_store, "save_grant", save)
    assert await tokens.current() == "access-token-2"
    assert await kept(store) == ("access-token-2", "refresh-token-2")


async def test_nothing_is_granted_yet(tokens: Tokens) -> None:
    with pytest.raises(NotReached):
        await tokens.current()
    assert await tokens.keep() is None
    assert (await tokens.check()).state == "down"


@pytest.mark.parametrize(
    "body",
    [
        {"error": -14014, "error_name": "Invalid refresh token"},
        {"error": 0},
        {"access_token": "undefined", "refresh_token": "undefined"},
        {"access_token": "a-token-long-enough"},
        {"error": -1, "access_token": "a-token-long-enough", "refresh_token": "another-long-enough"},
    ],
)
def test_only_both_tokens_are_a_success(body: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        read_pair(Answer(200, body), APP_ID, NOON)
    assert not refused.value.passing


@pytest.mark.parametrize(("expires_in", "hours"), [("90000", 25), (90000, 25), (None, 1 / 12), ("x", 1 / 12)])
def test_a_life_is_a_text_of_seconds(expires_in: object, hours: float) -> None:
    tokens = {"access_token": "a-token-long-enough", "refresh_token": "another-long-enough"}
    pair = read_pair(Answer(200, tokens | {"expires_in": expires_in}), APP_ID, NOON)
    assert pair.ends_at - NOON == timedelta(hours=hours)


async def test_an_administrator_grants_in_a_browser(store: Store, zalo: ZaloStandIn, tokens: Tokens) -> None:
    app = App(APP_ID, APP_SECRET, zalo.url)
    grants = Grants(app, OA_ID, "https://caunoi.example", "a secret key for tests", tokens)
    wanted = grants.wanted()
    assert wanted.callback == "https://caunoi.example/hooks/zalo/grant"
    assert wanted.code_challenge == grants.wanted().code_challenge  # the console keeps one
    back = zalo.consent(wanted.url)
    assert await grants.take(**{**back, "state": back["state"][:-2]}) == "zalo.grant_too_old"
    assert await grants.take(**{**back, "oa_id": "123"}) == "zalo.grant_of_another"
    assert await grants.take(**{**back, "code": "guessed"}) == "zalo.grant_refused"
    assert await grants.take(**back) == "zalo.granted"
    assert await grants.take(**back) == "zalo.grant_refused"
    assert await tokens.current() == "access-token-1"


async def test_a_new_grant_mends_a_lost_one(store: Store, zalo: ZaloStandIn, tokens: Tokens) -> None:
    await granted(store, zalo, timedelta(hours=26))
    zalo.grant_dies = True
    with pytest.raises(NotReached):
        await tokens.current()
    grants = Grants(App(APP_ID, APP_SECRET, zalo.url), OA_ID, "https://caunoi.example", "a secret key", tokens)
    assert await grants.take(**zalo.consent(grants.wanted().url)) == "zalo.granted"
    assert await tokens.current() == "access-token-2"
    assert (await tokens.check()).state == "well"
