"""`caunoi reset`: begin anew."""

import shutil
from collections.abc import Callable

import typer

from deploy.local.failures import CannotStart
from deploy.local.home import home_from_environment
from deploy.local.state import end_leftovers


def reset(yes: bool, say: Callable[[str], None]) -> None:
    """Delete the data folder. Raises `CannotStart` while it is in use, or when the person says no."""
    home = home_from_environment()
    if not home.folder.exists():
        say(f"There is no data in {home.folder}.")
        return
    with home.lock():
        if not yes and not typer.confirm(f"Delete ALL data in {home.folder}? It cannot be undone."):
            raise CannotStart("Nothing was deleted.")
        end_leftovers(home)
        for path in (home.postgres, home.nats, home.caddy, home.logs):
            shutil.rmtree(path, ignore_errors=True)
        for path in (home.state, home.clock, home.folder / "secrets.json"):
            path.unlink(missing_ok=True)
    say(f"Deleted. The next start begins anew in {home.folder}.")
