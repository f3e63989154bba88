"""Files that are made in the background: whose they are, how long they stay, and that a killed process leaves none."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from services.assign.reporting.exports.shelf import KEPT_S, Making, Shelf

_DIES = """
import sys, time
from pathlib import Path
from services.assign.reporting.exports.shelf import Shelf
making = Shelf(Path(sys.argv[1])).begin("s-1", "a.xlsx", 10)
(making.folder / "part.tmp").write_bytes(b"x" * 1000)
making.has(4)
print(making.export.id, flush=True)
time.sleep(600)
"""


def begun(folder: Path) -> tuple[Shelf, Making]:
    shelf = Shelf(folder / "exports")
    return shelf, shelf.begin("s-1", "a.xlsx", 10)


def grow_old(folder: Path) -> None:
    os.utime(folder, (0, folder.stat().st_mtime - KEPT_S - 1))


def test_a_file_under_way_is_known_to_whoever_shares_the_folder(tmp_path: Path):
    shelf, making = begun(tmp_path)
    making.has(4)
    other = Shelf(shelf.folder)
    found = other.find(making.export.id, "s-1")
    assert found and (found.rows, found.total, found.state) == (4, 10, "making")
    assert other.under_way("s-1") == found and other.under_way("s-2") is None
    assert other.find(making.export.id, "s-2") is None
    making.finish()
    assert other.under_way("s-1") is None


def test_a_file_goes_after_an_hour_and_not_before(tmp_path: Path):
    shelf, making = begun(tmp_path)
    making.file.write_bytes(b"PK")
    making.finish()
    shelf.sweep()
    assert making.file.exists()
    grow_old(making.folder)
    shelf.sweep()
    assert list(shelf.folder.iterdir()) == []


def test_what_is_still_being_made_is_left_alone(tmp_path: Path):
    shelf, making = begun(tmp_path)
    grow_old(making.folder)
    shelf.sweep()
    found = shelf.find(making.export.id, "s-1")
    assert found and found.state == "making"


def test_a_killed_process_leaves_nothing_but_the_word_that_it_failed(tmp_path: Path):
    child = subprocess.Popen([sys.executable, "-c", _DIES, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    id = child.stdout.readline().strip()
    shelf = Shelf(tmp_path)
    under_way = shelf.find(id, "s-1")
    assert under_way and under_way.state == "making"
    shelf.sweep()
    assert (tmp_path / id / "part.tmp").exists()
    child.send_signal(signal.SIGKILL)
    child.wait()
    found = shelf.find(id, "s-1")
    assert found and found.state == "failed" and shelf.under_way("s-1") is None
    shelf.sweep()
    assert [file.name for file in (tmp_path / id).iterdir()] == ["state.json"]


def test_nobody_else_on_the_machine_may_read_them(tmp_path: Path):
    shelf, making = begun(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in (shelf.folder, making.folder)} == {0o700}


def test_ids_that_are_none_lead_nowhere(tmp_path: Path):
    shelf, _ = begun(tmp_path)
    assert all(shelf.find(id, "s-1") is None for id in ("", "..", "../exports", "state.json", "A" * 32))
