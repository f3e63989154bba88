"""`caunoi clock`: move the time of the whole house forward."""

from collections.abc import Callable

from deploy.cli.running import running_installation
from deploy.cli.times import moment, span
from deploy.local.clock_file import time_here
from deploy.local.stepping import Stepper
from deploy.local.welcome import local_time


def clock(to: str, say: Callable[[str], None]) -> None:
    """Return when all that is due until then has happened. Only where the simulator is on."""
    running = running_installation()
    file = running.home.clock
    ahead = span(to)
    target = time_here(file) + ahead if ahead is not None else moment(to)
    stops = Stepper(running.clients(), file).move_to(target)
    say(f"{local_time(time_here(file))}  ({stops} due moments on the way)")
