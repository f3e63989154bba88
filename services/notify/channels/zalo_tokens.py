"""The pair of tokens by which we act for the Official Account, renewed under one lock.

The access token lasts 25 hours, the refresh token three months and **one** use: two processes that renew at once would
lose the grant, and only a person in a browser gets it back. So one row is the lock, its pair is kept before it is used,
and an answer is a success only where it holds both tokens (an error comes with HTTP 200).
"""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.notify.channels import calling, zalo_store
from services.notify.channels.calling import Answer, NotReached
from services.notify.channels.channel import Outcome
from services.notify.channels.fitting import Health
from services.notify.channels.tables import ZaloGrant
from services.notify.channels.zalo_codes import OURS
from shared.clock import Clock
from shared.store import Store, Unit

log = structlog.get_logger()
TIMEOUT_S = 10.0
RENEW_AFTER = timedelta(hours=20)
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=2)
TOO_FAST = -32
SAVE_TRIES, SAVE_PAUSE_S = 5, 1.0
_NOT_NOW = Outcome("temporary", "busy_carrier")


@dataclass(frozen=True, slots=True)
class App:
    """Our app at Zalo, and where it asks for tokens."""

    id: str
    secret: str
    oauth_url: str


class Refused(Exception):
    """Zalo gave no tokens. `why` is its word for it."""

    def __init__(self, why: str, *, passing: bool = False) -> None:
        super().__init__(why)
        self.passing = passing


class Tokens:
    """What every call needs. Raises `NotReached` where there is no token now, with what that means for the message."""

    def __init__(self, app: App, store: Store, timeout_s: float = TIMEOUT_S) -> None:
        self._app = app
        self._store = store
        self._timeout_s = timeout_s
        self._client = calling.client(timeout_s)
        self._turn = asyncio.Lock()

    async def current(self) -> str:
        """A good access token, renewed where it is 20 hours old."""
        async with self._store.read() as connection:
            grant = await zalo_store.grant_of(connection, self._app.id)
        now = Clock.wall()
        if grant is None or (grant.lost_at and grant.ends_at <= now):
            raise NotReached(OURS)
        if grant.lost_at or now < grant.taken_at + RENEW_AFTER:
            return grant.access_token
        try:
            return await self.renewed(grant.access_token)
        except NotReached:
            if grant.ends_at <= now:
                raise
            return grant.access_token

    async def renewed(self, old: str) -> str:
        """Another token than `old`, which was refused or grew old. Who comes second gets what the first got."""
        async with self._turn:
            return await self._renew(old)

    async def take(self, code: str, verifier: str) -> None:
        """The first pair, for the code that an administrator's consent brought. Raises `Refused` or `NotReached`."""
        grant = await self._ask({"code": code, "grant_type": "authorization_code", "code_verifier": verifier})
        async with self._store.begin() as unit:
            await zalo_store.save_grant(unit, grant)
        log.info("zalo.granted")

    async def keep(self) -> datetime | None:
        """Renew in time even where nothing is sent. A cycle."""
        try:
            await self.current()
        except NotReached as error:
            log.debug("zalo.no_token", reason=str(error))
        return None

    async def check(self) -> Health:
        """Whether we may act for the account at all."""
        async with self._store.read() as connection:
            grant = await zalo_store.grant_of(connection, self._app.id)
        if grant is None:
            return Health("down", "not granted yet: POST /hooks/zalo/grant")
        if grant.lost_at:
            return Health("down", f"grant lost ({grant.lost_why}), grant again: POST /hooks/zalo/grant")
        return Health("well") if Clock.wall() < grant.ends_at else Health("ailing", "token too old")

    def proof(self, token: str) -> str:
        """`appsecret_proof`: who has only the token cannot use it."""
        return hmac.new(self._app.secret.encode(), token.encode(), hashlib.sha256).hexdigest()

    async def close(self) -> None:
        await self._client.aclose()

    async def _renew(self, old: str) -> str:
        fresh: ZaloGrant | None = None
        try:
            async with self._store.begin() as unit:
                grant = await zalo_store.lock_grant(unit, self._app.id)
                if grant is None or (grant.lost_at and grant.access_token == old):
                    raise NotReached(OURS)
                if grant.access_token != old:
                    return grant.access_token
                fresh = await self._exchange(unit, grant)
                if fresh:
                    await zalo_store.save_grant(unit, fresh)
        except (SQLAlchemyError, OSError):
            if fresh is None:
                raise
            await self._save_again(fresh)
        if fresh is None:
            raise NotReached(OURS)
        return fresh.access_token

    async def _exchange(self, unit: Unit, grant: ZaloGrant) -> ZaloGrant | None:
        """A new pair for the old one; None where the grant is lost, which is written down."""
        try:
            return await self._ask({"refresh_token": grant.refresh_token, "grant_type": "refresh_token"})
        except NotReached:
            raise NotReached(_NOT_NOW) from None
        except Refused as error:
            if error.passing:
                raise NotReached(_NOT_NOW) from None
            await zalo_store.lose_grant(unit, self._app.id, Clock.wall(), str(error))
            log.error("zalo.grant_lost", why=str(error))
            return None

    async def _save_again(self, grant: ZaloGrant) -> None:
        """The store went away while we held the only copy of the pair."""
        for _ in range(SAVE_TRIES):
            log.error("zalo.pair_not_stored_yet")
            await asyncio.sleep(SAVE_PAUSE_S)
            try:
                async with self._store.begin() as unit:
                    await zalo_store.save_grant(unit, grant)
                return
            except (SQLAlchemyError, OSError) as error:
                log.warning("store.unreachable", error=type(error).__name__)
        raise NotReached(OURS)

    async def _ask(self, form: Mapping[str, str]) -> ZaloGrant:
        answer = await calling.call(
            self._client,
            self._timeout_s,
            f"{self._app.oauth_url.rstrip('/')}/v4/oa/access_token",
            headers={"secret_key": self._app.secret},
            data={**form, "app_id": self._app.id},
        )
        return read_pair(answer, self._app.id, Clock.wall())


def read_pair(answer: Answer, app_id: str, now: datetime) -> ZaloGrant:
    """A pair, or `Refused`. No code is published for a dead refresh token: all but "too fast" and 5xx is final."""
    body = answer.body
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if not body.get("error") and _is_token(access) and _is_token(refresh):
        return ZaloGrant(
            app_id=app_id,
            access_token=str(access),
            refresh_token=str(refresh),
            taken_at=now,
            ends_at=now + _life(body.get("expires_in")),
        )
    if answer.status >= 500 or not body:
        raise Refused(f"http_{answer.status}", passing=True)
    why = str(body.get("error_name") or body.get("error_description") or body.get("message") or "no tokens")[:100]
    raise Refused(f"{body.get('error')} {why}", passing=body.get("error") == TOO_FAST)


def _is_token(value: object) -> bool:
    return isinstance(value, str) and len(value) > 8 and value != "undefined"


def _life(seconds: object) -> timedelta:
    """`expires_in`, a string of seconds; kept within what can be."""
    try:
        life = timedelta(seconds=float(str(seconds)))
    except (ValueError, OverflowError):
        return SHORTEST
    return min(max(life, SHORTEST), LONGEST)
