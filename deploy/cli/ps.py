"""`caunoi ps`: what runs here, for people and for programs."""

import json
from collections.abc import Callable
from typing import Any

from deploy.cli.running import Running, known_installation
from deploy.local.nats import Nats
from deploy.local.postgres import SERVICES


def ps(as_json: bool, say: Callable[[str], None]) -> None:
    """A `pid` is null where the process is down."""
    running = known_installation()
    say(json.dumps(picture(running), indent=2) if as_json else _table(running))


def picture(running: Running) -> dict[str, Any]:
    """The shape that other programs rely on."""
    state = running.state
    nats = Nats(running.home.nats, state.children["nats"].port)
    pids = {name: child.pid for name, child in state.children.items()}
    return {
        "services": {name: {"pid": pids[name], "url": state.url(name)} for name in SERVICES},
        "gateway": {"pid": pids["gateway"], "url": state.address},
        "nats": {"pid": pids["nats"], "url": nats.url, "store": str(nats.store)},
        "postgres": {"pid": pids["postgres"], "dsn": {name: running.postgres.dsn(name) for name in SERVICES}},
    }


def _table(running: Running) -> str:
    lines = [f"{'':<10}{'pid':>8}  {'restarts':>8}  where"]
    for name, child in running.state.children.items():
        where = running.state.address if name == "gateway" else f"127.0.0.1:{child.port}"
        lines.append(f"{name:<10}{child.pid or 'down':>8}  {child.restarts:>8}  {where}")
    lines.append(f"data in {running.home.folder}")
    return "\n".join(lines)
