"""The installation that runs here, as the other commands need it."""

import os
from dataclasses import dataclass
from pathlib import Path

from deploy.local.failures import CannotStart
from deploy.local.home import Home, home_from_environment
from deploy.local.http import Client
from deploy.local.postgres import SERVICES, Postgres
from deploy.local.state import State, read_state


@dataclass(frozen=True)
class Running:
    """Its folder, what the supervisor wrote down, and ways to speak with its parts."""

    home: Home
    state: State

    @property
    def postgres(self) -> Postgres:
        return Postgres(self.home.postgres, self.state.children["postgres"].port, self.home.secrets().passwords)

    def client(self, service: str, token: str | None = None, patience_s: float = 10.0) -> Client:
        return Client(self.state.url(service), token, patience_s)

    def clients(self, token: str | None = None) -> dict[str, Client]:
        """One for each service, by name."""
        return {service: self.client(service, token) for service in SERVICES}

    def administrator(self) -> str:
        """A token of an administrator, for what only they may do."""
        return self.sign("administrator", id="caunoi", name="caunoi")

    def sign(self, role: str, **who: str | None) -> str:
        """A token that speaks as this person."""
        from shared.identity.principal import Principal, Role
        from shared.identity.tokens import Tokens

        return Tokens(self.key()).issue(Principal.model_validate({"role": Role(role), **who}))

    def key(self) -> str:
        """What tokens are signed with."""
        return os.environ.get("SECRET_KEY") or self.home.secrets().key


class Told(Running):
    """In a container: what its service is told by environment and by the files in SECRETS_DIR."""

    def client(self, service: str, token: str | None = None, patience_s: float = 10.0) -> Client:
        return Client(os.environ[f"{service.upper()}_URL"], token, patience_s)

    def key(self) -> str:
        return (Path(os.environ["SECRETS_DIR"]) / "secret_key").read_text().strip()


def known_installation() -> Running:
    """Whether it runs or not. Raises `CannotStart` where nothing was ever started."""
    home = home_from_environment()
    state = read_state(home.state)
    if state is None and "SECRETS_DIR" in os.environ:
        return Told(home, State(os.environ.get("PUBLIC_URL", "")))
    if state is None:
        raise CannotStart(f"Nothing was started in {home.folder} yet. Start it with: make run")
    return Running(home, state)


def running_installation() -> Running:
    """Raises `CannotStart` where it does not run."""
    found = known_installation()
    if not isinstance(found, Told) and not found.home.is_locked():
        raise CannotStart(f"Cầu Nối does not run in {found.home.folder}. Start it with: make run")
    return found
