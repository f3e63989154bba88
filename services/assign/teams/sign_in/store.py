"""One-time links. The store knows a link's hash alone, so that reading it lets nobody in.

A link's age counts in real time, whatever the clock is set to.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.assign.teams.tables import SignInLink
from shared.identity import Principal
from shared.store import Unit

LINK_AGE = timedelta(hours=24)


async def make_link(unit: Unit, principal: Principal, now: datetime) -> str:
    """The secret of a new link that signs somebody in once. Links that are over are forgotten meanwhile."""
    secret = secrets.token_urlsafe(24)
    await unit.execute(delete(SignInLink).where(col(SignInLink.expires_at) < now - LINK_AGE))
    row = {"id": _hash(secret), "principal": principal.model_dump(mode="json"), "expires_at": now + LINK_AGE}
    await unit.execute(insert(SignInLink), row)
    return secret


async def look_at_link(connection: AsyncConnection, secret: str, now: datetime) -> Principal | None:
    """Whom an unused link would sign in."""
    found = await connection.scalar(select(col(SignInLink.principal)).where(*_usable(secret, now)))
    return Principal.model_validate(found) if found else None


async def use_link(unit: Unit, secret: str, now: datetime) -> Principal | None:
    """Whom the link signs in; None where it was used before, is too old, or never was. Of two at once one has it."""
    using = update(SignInLink).where(*_usable(secret, now)).values(used_at=now).returning(col(SignInLink.principal))
    found = (await unit.execute(using)).scalar()
    return Principal.model_validate(found) if found else None


def _usable(secret: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(SignInLink.id) == _hash(secret), col(SignInLink.used_at).is_(None), col(SignInLink.expires_at) > now


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
