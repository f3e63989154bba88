"""The data folder: room on the disk, one supervisor, secrets for the owner alone."""

import json
import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from deploy.local import home as home_module
from deploy.local.births import Birth, birth_of
from deploy.local.failures import CannotStart
from deploy.local.home import Home, home_from_environment

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").open()


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module.shutil, "disk_usage", lambda _: Usage(10**9, 10**9 - 5_000_000, 5_000_000))
    with pytest.raises(CannotStart, match=r"disk is full: .* 5 MB left.*CAUNOI_HOME"):
        Home(tmp_path / "not" / "there" / "yet").check_disk()


def test_a_later_start_needs_less_room_than_the_first(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module.shutil, "disk_usage", lambda _: Usage(10**9, 0, 100_000_000))
    with pytest.raises(CannotStart):
        home.check_disk()
    home.postgres.mkdir()
    home.check_disk()


def test_only_one_may_hold_the_folder(home: Home) -> None:
    with home.lock():
        assert home.is_locked()
        with pytest.raises(CannotStart, match=f"process {os.getpid()}"):
            home.lock()
    assert not home.is_locked()


def test_secrets_are_made_once_and_for_the_owner_alone(home: Home) -> None:
    first = home.secrets()
    assert home.secrets() == first
    assert (home.folder / "secrets.json").stat().st_mode & 0o077 == 0
    assert len(set(first.passwords.values())) == 4
    shutil.rmtree(home.folder)
    assert home.open().secrets() != first


def test_others_may_pass_the_folder_and_not_look_into_it(home: Home) -> None:
    assert home.folder.stat().st_mode & 0o777 == 0o711
    assert home.logs.stat().st_mode & 0o077 == 0


def test_a_half_written_file_never_takes_the_place_of_a_whole_one(home: Home) -> None:
    path = home.folder / "some.json"
    home_module.write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        home_module.write_json(path, {"a": object()})
    assert json.loads(path.read_text()) == {"a": 1}


def test_the_folder_is_the_projects_own_wherever_the_command_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CAUNOI_HOME", raising=False)
    assert home_from_environment().folder == Path(home_module.__file__).parents[2] / ".caunoi"
    monkeypatch.setenv("CAUNOI_HOME", "elsewhere")
    assert home_from_environment().folder == tmp_path / "elsewhere"


def test_a_number_means_a_process_only_together_with_its_birth() -> None:
    me = birth_of(os.getpid())
    assert me and me.is_alive()
    assert not Birth(me.pid, "another time").is_alive()
    assert birth_of(2**22 + 1) is None
