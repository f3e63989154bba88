"""The sample as a folder that a service reads at its first start. Made once; a folder half made is never seen."""

import csv
import shutil
from pathlib import Path

from deploy.sample.generate import write_teams
from deploy.sample.supervisors import Supervisor, sample_supervisors

NAMES = ("dak_lak",)


def provide(folder: Path) -> None:
    """teams.csv, members.csv and supervisors.csv in `folder`, unless it is there. OSError as it comes."""
    if folder.exists():
        return
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    write_teams(unfinished)
    with (unfinished / "supervisors.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([Supervisor._fields, *sample_supervisors()])
    unfinished.rename(folder)
