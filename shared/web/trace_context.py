"""Who calls within a trace of their own has it go on here: W3C's `traceparent`, https://www.w3.org/TR/trace-context/."""

import os
import re

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?", re.ASCII
)


class TraceContext:
    """ASGI: the caller's trace id is the correlation of the logs and events that the request causes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        trace = trace_id(Headers(scope=scope).get("traceparent")) if scope["type"] == "http" else None
        if trace is None:
            await self.app(scope, receive, send)
            return
        with structlog.contextvars.bound_contextvars(correlation=trace):
            await self.app(scope, receive, send)


def onward() -> dict[str, str]:
    """The header by which what is asked of another service belongs to the trace at hand; none where there is none."""
    trace = structlog.contextvars.get_contextvars().get("correlation")
    header = f"00-{trace}-{os.urandom(8).hex()}-01"
    return {"traceparent": header} if trace_id(header) else {}


def trace_id(traceparent: str | None) -> str | None:
    """The 32 hex digits of a valid header; None where there is none. A newer version may say more behind."""
    found = _TRACEPARENT.fullmatch(traceparent or "")
    if found is None or (found[2] and found[0].startswith("00")):
        return None
    return found[1]
