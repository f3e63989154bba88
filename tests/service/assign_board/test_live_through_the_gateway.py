"""Through the real gateway a change is told at once: nothing on the way keeps it back, nor packs it."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local import process
from deploy.local.gateway import Gateway
from deploy.local.home import Home
from deploy.local.ports import answers, free_port
from services.assign.reporting.supervisor.live import watch
from shared.identity import SESSION_COOKIE
from tests.browser.assign_served import Served, serve
from tests.support.assign import SUPERVISOR
from tests.support.servers import FreshDatabase


@pytest.fixture
def served(database: FreshDatabase) -> Iterator[Served]:
    with serve(database("assign")) as running:
        yield running


@pytest.fixture
def gateway(served: Served, tmp_path: Path) -> Iterator[str]:
    here = served.url.removeprefix("http://")
    made = Gateway(Home(tmp_path), free_port(), dict.fromkeys(("intake", "assign", "notify"), here))
    made.home.caddy.mkdir(parents=True, exist_ok=True)
    running = process.start(made.command(), tmp_path / "caddy.log")
    deadline = time.monotonic() + 20
    while not answers(made.port) and time.monotonic() < deadline:
        time.sleep(0.05)
    yield made.url
    process.end(running, made.command().stop, patience_s=5)


def test_a_change_of_ones_own_territory_arrives_unpacked(served: Served, gateway: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "EVERY_S", 0.1)
    who = {SESSION_COOKIE: served.session(SUPERVISOR)}
    with (
        httpx.Client(base_url=gateway, cookies=who, timeout=20) as client,
        client.stream("GET", "/supervisor/live", headers={"accept-encoding": "gzip, zstd"}) as answer,
    ):
        assert answer.status_code == 200 and "content-encoding" not in answer.headers
        assert answer.headers["content-type"].startswith("text/event-stream")
        said = answer.iter_text()
        assert next(said) == "retry: 5000\n\n"
        for _ in range(3):  # (what happens before the first look is on the page already)
            served.do(served.world.ask())
            time.sleep(watch.EVERY_S)
        assert next(said) == "event: changed\ndata:\n\n"
