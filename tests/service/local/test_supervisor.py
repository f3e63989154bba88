"""1.1 and 1.2: one supervisor, a kill of anything at any moment, and a clean end."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from deploy.local.births import birth_of
from deploy.local.supervisor import BACK_OFF_S
from tests.service.local.conftest import House, is_alive, wait_until
from tests.support.promises import takes_less_than

CHILDREN = ["postgres", "nats", "intake", "assign", "notify", "gateway"]


def test_the_welcome_tells_the_address_a_way_in_for_each_role_and_where_the_data_lies(standing_house: House) -> None:
    told = standing_house.output
    assert f"{standing_house.address}/" in told
    for role in ("operator", "team member", "commune supervisor", "province supervisor"):
        assert role in told
    assert told.count(f"{standing_house.address}/sign-in/") == 4
    assert str(standing_house.home) in told


def test_ps_has_the_shape_that_programs_rely_on(standing_house: House) -> None:
    seen = standing_house.ps()
    assert set(seen) == {"services", "gateway", "nats", "postgres"}
    assert set(seen["services"]) == {"intake", "assign", "notify"}
    for service in seen["services"].values():
        assert httpx.get(f"{service['url']}/readyz").status_code == 200
    assert seen["gateway"]["url"] == standing_house.address
    assert seen["nats"]["url"].startswith("nats://127.0.0.1:")
    assert Path(seen["nats"]["store"]) == standing_house.home / "nats" / "jetstream"
    assert set(seen["postgres"]["dsn"]) == {"intake", "assign", "notify"}
    assert all(dsn.startswith("postgresql://") for dsn in seen["postgres"]["dsn"].values())
    assert all(is_alive(pid) for pid in standing_house.pids().values())


def test_the_data_is_not_for_other_people(standing_house: House) -> None:
    assert standing_house.home.stat().st_mode & 0o066 == 0
    for secret in ("secrets.json", "state.json", "clock.json"):
        path = standing_house.home / secret
        assert not path.exists() or path.stat().st_mode & 0o077 == 0
    assert (standing_house.home / "postgres" / "data").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", CHILDREN)
def test_a_killed_child_is_started_again_alone(standing_house: House, name: str) -> None:
    house = standing_house
    before = house.pids()
    killed = before[name]
    assert killed
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: house.pids()[name] not in {None, killed}, f"{name} is back", lambda: house.output)
    after = house.pids()
    assert {other: pid for other, pid in after.items() if other != name} == {
        other: pid for other, pid in before.items() if other != name
    }
    wait_until(lambda: _is_ready(house), "the front door is ready again", lambda: house.output)


def test_a_child_that_is_killed_again_and_again_waits_five_seconds_at_most(house: House) -> None:
    assert max(BACK_OFF_S) <= 5
    for _ in range(3):
        pid = house.pids()["nats"]
        if pid:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: house.pids()["nats"] not in {None, pid}, "nats is back", lambda: house.output)  # noqa: B023
    assert "nats keeps ending. Its last words:" in house.output
    assert "restarts" in house.caunoi("ps").stdout


def test_a_word_to_end_ends_everything_within_five_seconds(house: House) -> None:
    pids = house.pids()
    takes_less_than(5, lambda: house.end() if not house.has_ended else house.up().end())
    assert house.supervisor and house.supervisor.returncode == 0
    assert not [name for name, pid in pids.items() if is_alive(pid)]
    assert set(house.pids().values()) == {None}


def test_even_children_that_do_not_listen_are_ended_within_five_seconds(house: House) -> None:
    def end_all_frozen() -> float:
        pids = house.up().pids() if house.has_ended else house.pids()
        for pid in pids.values():
            assert pid
            os.kill(pid, signal.SIGSTOP)
        took = house.end()
        assert not [name for name, pid in pids.items() if is_alive(pid)]
        return took

    takes_less_than(6, end_all_frozen)


def test_ctrl_c_at_a_terminal_is_the_same_word(house: House) -> None:
    assert house.supervisor
    house.supervisor.send_signal(signal.SIGINT)
    assert house.supervisor.wait(60) == 0


def test_after_kill_9_of_the_supervisor_the_next_start_works_and_nothing_old_is_left(house: House) -> None:
    pids = house.pids()
    assert house.supervisor
    house.supervisor.kill()
    house.supervisor.wait()
    house.up()
    assert not [name for name, pid in pids.items() if is_alive(pid)]
    assert all(is_alive(pid) for pid in house.pids().values())


def test_a_child_that_hung_while_the_supervisor_was_killed_is_ended_by_the_next_start(house: House) -> None:
    hung = house.pids()["assign"]
    assert hung and house.supervisor
    os.kill(hung, signal.SIGSTOP)
    house.supervisor.kill()
    house.supervisor.wait()
    assert is_alive(hung)
    house.up()
    assert not is_alive(hung)
    assert "ended what a killed start left" in house.output


def test_a_process_that_merely_has_an_old_number_is_left_alone(house: House) -> None:
    house.end()
    bystander = subprocess.Popen(["sleep", "60"])
    state = house.home / "state.json"
    recorded = f'"process": {{"pid": {bystander.pid}, "born": "another boot/1"}}'
    state.write_text(state.read_text().replace('"process": null', recorded))
    (house.home / "postgres" / "data" / "postmaster.pid").write_text(f"{bystander.pid}\n/x\n1\n1\n\n\n\nready\n")
    house.up()
    assert birth_of(bystander.pid)
    bystander.kill()
    bystander.wait()


def test_a_second_start_in_one_folder_is_refused_with_a_sentence(house: House, new_house: Callable[[], House]) -> None:
    second = new_house()
    second.environment = {"CAUNOI_HOME": str(house.home)}
    second.up(ready=False)
    assert second.supervisor and second.supervisor.wait(60) == 1
    assert second.output.count("\n") == 1
    assert "already runs" in second.output and str(house.home) in second.output
    assert _is_ready(house)


def test_a_taken_port_is_refused_with_a_sentence(new_house: Callable[[], House]) -> None:
    house = new_house()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", house.port))
        other.listen()
        house.up(ready=False)
        assert house.supervisor and house.supervisor.wait(60) == 1
    assert f"Port {house.port} is taken" in house.output
    assert "PORT=" in house.output


def test_a_child_that_never_starts_is_told_with_its_last_words(new_house: Callable[[], House]) -> None:
    house = new_house()
    house.environment = {"STAND_IN_TIMERS": "no json"}
    house.up(ready=False)
    assert house.supervisor and house.supervisor.wait(60) == 1
    assert "does not start. Its last words" in house.output
    assert "JSONDecodeError" in house.output


def test_a_second_start_keeps_data_and_ports_and_takes_seconds(house: House) -> None:
    before = house.ps()

    def start_again() -> float:
        house.end()
        began = time.monotonic()
        house.up()
        return time.monotonic() - began

    takes_less_than(10, start_again)  # bench measures how many seconds
    after = house.ps()
    assert after["postgres"]["dsn"] == before["postgres"]["dsn"]
    assert after["nats"]["url"] == before["nats"]["url"]


def test_reset_is_refused_while_it_runs_and_deletes_all_after(house: House) -> None:
    refused = house.caunoi("reset", "--yes")
    assert (refused.returncode, "already runs" in refused.stderr) == (1, True)
    house.end()
    assert house.caunoi("reset", "--yes").returncode == 0
    assert not (house.home / "postgres").exists()
    assert not (house.home / "secrets.json").exists()


def _is_ready(house: House) -> bool:
    try:
        return httpx.get(f"{house.address}/readyz", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False
