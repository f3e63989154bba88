"""One installation on this machine: which servers and services it has, on which ports, in which folder."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.forked import CAN_FORK
from deploy.local.gateway import Gateway
from deploy.local.home import Home
from deploy.local.nats import Nats
from deploy.local.ports import answers, free_port, is_free
from deploy.local.postgres import SERVICES, Postgres
from deploy.local.services import Surroundings, Words, load_services, service_child
from deploy.local.state import ChildState, State, read_state, write_state
from deploy.local.supervisor import Child, Watched

INNER = ("postgres", "nats", *SERVICES)
"""Children on ports that nobody needs to know; the gateway's is the person's choice."""


@dataclass(frozen=True)
class Installation:
    """The parts, ready to be started."""

    home: Home
    postgres: Postgres
    nats: Nats
    gateway: Gateway
    surroundings: Surroundings
    words: Words | None = None
    """How services are called, if not as usual: tests put stand-ins here."""

    def prepare(self) -> None:
        """Make databases and configurations, where they are not there yet."""
        self.postgres.prepare()
        self.nats.prepare()

    @property
    def is_new(self) -> bool:
        return not self.postgres.data.exists()

    def load(self, first_start: bool) -> None:
        """Import what the services are made of, if they will be forks of ours."""
        if self.words is None and CAN_FORK:
            load_services(first_start)

    def children(self) -> list[Child]:
        """In the order in which they start."""
        postgres, nats, gateway = self.postgres, self.nats, self.gateway
        return [
            Child("postgres", postgres.command(), postgres.port, postgres.is_ready, postgres.make_way, patience_s=0.8),
            Child("nats", nats.command(), nats.port, lambda _: answers(nats.port), patience_s=0.6),
            Child("gateway", gateway.command(), gateway.port, lambda _: answers(gateway.port), patience_s=0.8),
            *(service_child(service, self.surroundings, self.words) for service in SERVICES),
        ]

    def record(self, watched: Mapping[str, Watched]) -> None:
        """Write down what runs, for the other commands and for the next start."""
        children = {
            name: ChildState(w.child.port, int(w.child.command.stop), w.birth, w.restarts)
            for name, w in watched.items()
        }
        write_state(self.home.state, State(self.gateway.url, children))


def plan(home: Home, port: int, sync_interval: str, words: Words | None) -> Installation:
    """Lay out an installation behind `port`. Inner ports are those of the last time, where they are still free."""
    secrets = home.secrets()
    ports = _inner_ports(home, port)
    postgres = Postgres(home.postgres, ports["postgres"], secrets.passwords)
    nats = Nats(home.nats, ports["nats"], sync_interval)
    gateway = Gateway(home, port, {service: f"127.0.0.1:{ports[service]}" for service in SERVICES})
    surroundings = Surroundings(home, secrets.key, postgres, nats, gateway.url, ports)
    return Installation(home, postgres, nats, gateway, surroundings, words)


def _inner_ports(home: Home, outer: int) -> dict[str, int]:
    last = read_state(home.state)
    ports: dict[str, int] = {}
    for name in INNER:
        known = last.children[name].port if last and name in last.children else None
        usable = known is not None and known != outer and known not in ports.values() and is_free(known)
        ports[name] = known if known and usable else free_port(outer, *ports.values())
    return ports
