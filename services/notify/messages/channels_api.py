"""`GET /api/v1/messages/channels`: whether each channel of this installation works."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.notify.channels.fitting import Fitted
from services.notify.messages.channel_figures import Count
from services.notify.messages.channel_watch import Watch
from services.notify.messages.channels_shown import ChannelSeen, channels_seen
from shared.identity import Role
from shared.service import service_of
from shared.web.asking import SignedIn, has_role


class CountShown(BaseModel):
    """Messages that left, and those that failed for good."""

    sent: int
    failed: int


class FailureShown(BaseModel):
    """The last one within a day."""

    at: datetime
    reason: str | None


class ChannelShown(BaseModel):
    """`health` is `well`, `ailing`, `down` or `unknown`; `waiting` is the queue's length."""

    name: str
    address_kind: str
    two_way: bool
    health: str
    details: str
    closed: str | None
    left_alone: bool
    waiting: int
    last_success: datetime | None
    last_failure: FailureShown | None
    hour: CountShown
    day: CountShown


class ChannelList(BaseModel):
    """First choice first."""

    items: list[ChannelShown]


def channels_api(fitted: Sequence[Fitted], watch: Watch) -> APIRouter:
    """For administrators, supervisors and programs that watch over us."""
    router = APIRouter(tags=["messages"])

    @router.get("/api/v1/messages/channels")
    async def channels(request: Request, principal: SignedIn) -> ChannelList:
        has_role(principal, Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SYSTEM)
        service = service_of(request)
        seen = await channels_seen(service.store, fitted, watch, service.clock.now())
        return ChannelList(items=[_shown(one) for one in seen])

    return router


def _shown(seen: ChannelSeen) -> ChannelShown:
    figures, failure = seen.figures, seen.figures.last_failure
    return ChannelShown(
        name=seen.channel.name,
        address_kind=seen.channel.address_kind,
        two_way=seen.channel.two_way,
        health=seen.health.state,
        details=seen.health.details,
        closed=seen.closed.reason if seen.closed else None,
        left_alone=seen.is_left_alone,
        waiting=figures.waiting,
        last_success=figures.last_success,
        last_failure=FailureShown(at=failure.at, reason=failure.reason) if failure else None,
        hour=_count(figures.hour),
        day=_count(figures.day),
    )


def _count(count: Count) -> CountShown:
    return CountShown(sent=count.sent, failed=count.failed)
