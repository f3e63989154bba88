"""`make bench`: every figure of the house in one run, beside the machine's own floor; kept in bench/latest.json.

Never a timed test: machines differ and are noisy. What counts are the ratios of one run.
"""

import argparse
import asyncio
import json
import os
import platform
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.local.home import Home
from deploy.sample.requests import make_requests
from tests.bench import accept, boards, decision, due, floor, sizes, whole_way
from tests.support.house import House, own_house
from tests.support.servers import PostgresServer

RESULT = Path("bench/latest.json")
Figures = dict[str, Any]
PARTS = ["accept", "way", "decision", "due", "boards", "sizes"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long the whole way is sustained")
    parser.add_argument("--people", type=int, default=48, help="how many ask at once")
    parser.add_argument("--due", type=int, default=100_000, help="how many tickets fall due at one moment")
    parser.add_argument("--closed", type=int, default=300_000, help="how many more the table holds")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    wishes = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="caunoi-bench-"))
    folder.chmod(0o711)
    try:
        figures = _measure(folder, wishes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _report(figures)
    if not wishes.only:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(figures, indent=2) + "\n")
        print(f"\nKept in {RESULT}")


def _measure(folder: Path, wishes: argparse.Namespace) -> Figures:
    figures: Figures = {"at": datetime.now(UTC).isoformat(), "machine": f"{platform.machine()}, {os.cpu_count()} cores"}
    wanted = [wishes.only] if wishes.only else PARTS
    if "accept" in wanted or "way" in wanted or "sizes" in wanted:
        with own_house(folder) as house:
            if "sizes" in wanted:
                figures["memory_mib"] = sizes.memory_mib(house)
                figures["idle_mib"] = round(sum(figures["memory_mib"].values()), 1)
            if "accept" in wanted:
                figures |= asyncio.run(_accept(house))
            if "way" in wanted:
                figures |= asyncio.run(_way(house, wishes, folder))
    if "decision" in wanted:
        figures |= _decision(folder)
    if "due" in wanted:
        with own_postgres(folder / "due") as postgres:
            figures |= due.due_figures(postgres, wishes.due, wishes.closed)
    if "boards" in wanted:
        with own_postgres(folder / "boards") as postgres:
            figures |= asyncio.run(boards.change_cost(postgres)) | asyncio.run(boards.board_ms(postgres))
    if "sizes" in wanted:
        figures["first_start_s"], figures["second_start_s"] = sizes.seconds_to_ready(folder / "fresh" / "home")
    return figures


async def _accept(house: House) -> Figures:
    """Floor and intake in turn, three times each; medians."""
    seen, dsn = house.ps(), house.ps()["postgres"]["dsn"]["intake"]
    await floor.prepare(dsn)
    sent = accept.bodies(make_requests(2_000))
    others = [seen["services"][name]["pid"] for name in ("assign", "notify")]
    ours, floors = [], []
    async with floor.floor_server(dsn) as address:
        for _ in range(3):
            with accept.Paused(others):
                floors.append(await accept.rate(address, "/requests", sent, 4))
                ours.append(await accept.rate(seen["services"]["intake"]["url"], "/api/v1/requests", sent, 4))
    rate, beside = statistics.median(ours), statistics.median(floors)
    return {
        "accept_per_s": round(rate),
        "fastapi_asyncpg_per_s": round(beside),
        "accept_ratio": round(rate / beside, 2),
    }


async def _way(house: House, wishes: argparse.Namespace, folder: Path) -> Figures:
    seen = house.ps()
    dsn = seen["postgres"]["dsn"]
    with floor.floor_postgres(folder / "floor") as floor_dsn:
        await floor.prepare(floor_dsn)
        commits = await asyncio.to_thread(floor.two_row_commits, floor_dsn, 6)
    covered = _covered()
    sent = accept.bodies([request for request in make_requests(5_000) if request["commune_code"] in covered])
    key = Home(house.folder).secrets().key
    leaders = await whole_way.leaders(dsn["assign"])
    async with whole_way.Desk(house.address, seen["nats"]["url"], key, sent, leaders) as desk:
        await desk.sustained(8, 5)
        codes = await desk.steady(50, 20)
        times = await whole_way.latencies_ms(dsn, codes)
        rate = await desk.sustained(wishes.people, wishes.seconds)
    return {
        "two_row_commits_per_s": round(commits),
        "whole_way_per_s": round(rate, 1),
        "whole_way_ratio": round(rate / commits, 3),
        "way_at_50_per_s_p50_ms": round(times[len(times) // 2], 1),
        "way_at_50_per_s_p99_ms": round(times[int(len(times) * 0.99)], 1),
    }


def _covered() -> set[str]:
    from deploy.sample.roster import make_roster

    return {team.commune_code for team in make_roster()[0]}


def _decision(folder: Path) -> Figures:
    with own_postgres(folder / "decision") as postgres:
        small, large = asyncio.run(decision.decision_ms(postgres))
    return {
        "decision_1147_ms": round(small, 3),
        "decision_93524_ms": round(large, 3),
        "decision_ratio": round(large / small, 2),
    }


@contextmanager
def own_postgres(folder: Path) -> Iterator[PostgresServer]:
    postgres = PostgresServer(folder)
    postgres.start()
    try:
        yield postgres
    finally:
        postgres.stop()


def _report(figures: Figures) -> None:
    for name, value in figures.items():
        print(f"{name:28} {json.dumps(value, ensure_ascii=False)}")


if __name__ == "__main__":
    main()
