"""`changed`, once a second at most: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from services.assign.reporting.api import unit_for
from services.assign.reporting.supervisor.live.watch import Watch
from services.assign.reporting.supervisor.watchers import Watcher
from shared.service import service_of
from shared.web.asking import principal_of
from shared.web.problems import Problem

router = APIRouter(include_in_schema=False)
HEARTBEAT_S = 15.0
LONGEST_S = 600.0
"""Then the browser comes back with the session it has by then: who has signed out is refused."""
_HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
"""Nothing on the way may keep it back, and to compress it is to keep it back (RFC 9111, 5.2.2.6)."""


@router.get("/supervisor/live")
async def live(request: Request, watcher: Watcher, unit: str = "") -> StreamingResponse:
    """For a place within one's own territory. Problems: 401, 404 outside it, 503 where too many watch already."""
    if watcher is None:
        raise Problem(401)
    service, watch = service_of(request), watch_of(request)
    async with service.store.read() as connection:
        place = await unit_for(connection, watcher, unit or None)
    if watch.is_full:
        raise Problem(503, headers={"Retry-After": "60"})
    events = stream(watch, place.code if place else None, lambda: principal_of(request) is not None)
    return StreamingResponse(events, media_type="text/event-stream", headers=_HEADERS)


def watch_of(request: Request) -> Watch:
    return request.app.state.supervisors_watch


async def stream(
    watch: Watch, unit: str | None, is_signed_in: Callable[[], bool], heartbeat_s: float = HEARTBEAT_S
) -> AsyncIterator[str]:
    """Until the session or its time is over, or the browser leaves."""
    loop = asyncio.get_running_loop()
    until = loop.time() + LONGEST_S
    with watch.viewer(unit) as viewer:
        yield "retry: 5000\n\n"
        while is_signed_in() and loop.time() < until:
            with suppress(TimeoutError):
                async with asyncio.timeout(heartbeat_s):
                    await viewer.changed.wait()
            said = "event: changed\ndata:\n\n" if viewer.changed.is_set() else ":\n\n"
            viewer.changed.clear()
            yield said
