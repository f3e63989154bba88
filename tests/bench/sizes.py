"""What the house weighs while nothing happens, and how soon it is ready."""

import time
from pathlib import Path

import psutil

from tests.support.house import House

MIB = 1024 * 1024


def memory_mib(house: House) -> dict[str, float]:
    """Proportional set size of each process and its children (shared pages divided among those who share them)."""
    seen = house.ps()
    pids = {name: found["pid"] for name, found in seen["services"].items()}
    pids |= {name: seen[name]["pid"] for name in ("gateway", "nats", "postgres")}
    pids["supervisor"] = psutil.Process(pids["nats"]).ppid()
    taken: set[int] = set(pids.values())
    return {name: round(_pss(pid, taken - {pid}), 1) for name, pid in pids.items()}


def seconds_to_ready(folder: Path) -> tuple[float, float]:
    """From the command to ready: the first start with the sample, and the second."""
    house = House(folder)
    found = []
    for _ in range(2):
        start = time.monotonic()
        house.up()
        found.append(round(time.monotonic() - start, 2))
        house.end()
    return found[0], found[1]


def _pss(pid: int, others: set[int]) -> float:
    process = psutil.Process(pid)
    family = [process, *(child for child in process.children(recursive=True) if child.pid not in others)]
    return sum(member.memory_full_info().pss for member in family if _is_ours(member, pid, others)) / MIB


def _is_ours(member: psutil.Process, pid: int, others: set[int]) -> bool:
    """Not the child of another process that is counted by itself."""
    while member.pid != pid:
        parent = member.parent()
        if parent is None or parent.pid in others:
            return False
        member = parent
    return True
