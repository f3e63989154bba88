"""Whatever a service answers has its way through the front door: no room is forgotten at the gateway."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Route

import deploy
from services.assign.app import build as assign
from services.notify.app import build as notify
from shared.service import Service
from shared.settings import Settings

CADDYFILE = (Path(deploy.__file__).parent / "gateway" / "Caddyfile").read_text(encoding="utf-8")
OWN_PAGES = re.compile(r"/(healthz|readyz|metrics|docs|asyncapi|openapi|simulator|operations|static|components)")
"""They stand under the service's name, or are this machine's alone."""


@pytest.mark.parametrize(("name", "build"), [("assign", assign), ("notify", notify)])
def test_each_route_is_led_to_its_service(name: str, build: Callable[[Settings], Service]) -> None:
    store = "postgresql+asyncpg://nobody@nowhere/x"
    built = build(Settings(database_url=store, secret_key="a key for tests only", simulator=True))
    way = re.search(rf"@{name} path_regexp (\S+)", CADDYFILE)
    assert way
    paths = [path for path in paths_of(built.app.routes) if not OWN_PAGES.match(path)]
    assert len(paths) > 5
    assert [path for path in paths if not re.search(way[1], path)] == []


def paths_of(routes: Iterable[BaseRoute]) -> Iterator[str]:
    """Those of included routers, too."""
    for route in routes:
        if isinstance(route, Route):
            yield route.path
        elif inner := getattr(route, "original_router", None):
            yield from paths_of(inner.routes)
