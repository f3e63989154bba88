"""Caddy, the one address: the same configuration as in the containers, told by environment who is where."""

from dataclasses import dataclass
from pathlib import Path

from deploy.local.binaries import caddy_program
from deploy.local.home import Home
from deploy.local.ports import LOOPBACK
from deploy.local.process import Command

CADDYFILE = Path(__file__).resolve().parents[1] / "gateway" / "Caddyfile"


@dataclass(frozen=True)
class Gateway:
    """`upstreams` are `host:port` of the services by name."""

    home: Home
    port: int
    upstreams: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def command(self) -> Command:
        environment = {
            "GATEWAY_PORT": str(self.port),
            "GATEWAY_BIND": LOOPBACK,
            **{f"{name.upper()}_UPSTREAM": upstream for name, upstream in self.upstreams.items()},
            "XDG_DATA_HOME": str(self.home.caddy),
            "XDG_CONFIG_HOME": str(self.home.caddy),
            "GOGC": "50",  # less memory for a little more work, as for NATS
        }
        words = (str(caddy_program()), "run", "--config", str(CADDYFILE), "--adapter", "caddyfile")
        return Command(words, environment, folder=self.home.caddy)
