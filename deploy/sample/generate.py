"""The sample as files: a roster that `caunoi import roster` reads, and requests, one JSON object a line."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from deploy.sample.requests import make_requests
from deploy.sample.roster import ROSTER_SEED, Member, Team, make_roster


def write_teams(folder: Path, teams: int | None = None, seed: int = ROSTER_SEED) -> tuple[int, int]:
    """teams.csv and members.csv in a folder, made where it is missing; how many of each. OSError as it comes."""
    made, members = make_roster(teams, seed)
    folder.mkdir(parents=True, exist_ok=True)
    _write_table(folder / "teams.csv", Team._fields, made)
    _write_table(folder / "members.csv", Member._fields, members)
    return len(made), len(members)


def write_requests(file: Path, number: int, seed: int = ROSTER_SEED) -> int:
    """Requests about the sample's roster, one JSON object a line; how many. OSError as it comes."""
    requests = make_requests(number, seed)
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(request, ensure_ascii=False) + "\n" for request in requests)
    return len(requests)


def _write_table(file: Path, heading: Iterable[str], rows: Iterable[tuple[object, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([heading, *rows])
