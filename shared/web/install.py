"""All of the above for one app, in one call."""

from collections.abc import Mapping

from fastapi import FastAPI

from shared.settings import Settings
from shared.web.body_limit import BodyLimit
from shared.web.components_page import components_router
from shared.web.problems import install_problems
from shared.web.security import SecurityHeaders
from shared.web.serving import StaticFiles
from shared.web.static import PREFIX
from shared.web.trace_context import TraceContext


def install_web(app: FastAPI, settings: Settings, uploads: Mapping[str, int] | None = None) -> None:
    """Problems, limits, headers and static files. `app.state` must hold `settings` and `clock` for pages.

    `uploads`: the beginnings of paths whose bodies may be larger, with their limits in bytes.
    """
    install_problems(app)
    app.add_middleware(BodyLimit, uploads=uploads)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(TraceContext)
    app.mount(PREFIX, StaticFiles())
    if settings.simulator:
        app.include_router(components_router)
