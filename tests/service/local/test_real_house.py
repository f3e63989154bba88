"""1.1 and 1.2 with the real services: what a person gets by `make run`, and what a kill does to it."""

import asyncio
import json
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import nats
import pytest

from tests.service.local.conftest import House, is_alive, wait_until
from tests.support.promises import takes_less_than

CHILDREN = ["postgres", "nats", "intake", "assign", "notify", "gateway"]


@pytest.fixture(scope="module")
def real_house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="caunoi-house-"))
    house = House(folder, program=("deploy.cli", "up", "--port"))
    house.up(patience_s=240)
    yield house
    house.end()
    shutil.rmtree(folder)


def bearer(house: House, *words: str) -> dict[str, str]:
    return {"authorization": f"Bearer {house.caunoi('token', '--role', *words).stdout.strip()}"}


async def count(house: House, service: str, table: str) -> int:
    connection = await asyncpg.connect(house.ps()["postgres"]["dsn"][service])
    found = await connection.fetchval(f"select count(*) from {table}")
    await connection.close()
    return int(found)


async def test_a_first_start_brings_the_sample_province_and_no_ticket(real_house: House) -> None:
    assert await count(real_house, "assign", "team") == 1147
    assert await count(real_house, "assign", "member") == 7121
    assert await count(real_house, "assign", "ticket") == 0


def test_each_sign_in_link_lets_somebody_in_once(real_house: House) -> None:
    links = re.findall(r"http://\S+/sign-in\S+", real_house.output)
    assert len(links) == 4
    for link in links:
        with httpx.Client(base_url=real_house.address) as browser:
            form = re.search(r'name="link" value="([^"]+)"', browser.get(link).text)
            assert form, "a link that is merely looked at (a messenger's preview) is not used up"
            assert browser.post("/sign-in", data={"link": form.group(1)}).status_code == 303
            assert browser.cookies.get("caunoi_session")
        assert httpx.post(f"{real_house.address}/sign-in", data={"link": form.group(1)}).status_code != 303


def test_a_token_speaks_as_who_was_asked_for(real_house: House) -> None:
    somebody = [("operator",), ("administrator",), ("supervisor", "--unit", "66"), ("member", "--team", "24118-01")]
    for words in somebody:
        asked = httpx.get(f"{real_house.address}/api/v1/tickets", headers=bearer(real_house, *words))
        assert asked.status_code == 200, words
    assert httpx.get(f"{real_house.address}/api/v1/tickets").status_code == 401
    assert real_house.caunoi("token", "--role", "member", "--team", "none").returncode == 1
    assert real_house.caunoi("token", "--role", "supervisor").returncode == 2


@pytest.mark.parametrize("name", CHILDREN)
def test_the_front_door_is_ready_again_within_thirty_seconds_of_any_kill(real_house: House, name: str) -> None:
    killed = real_house.pids()[name]
    assert killed
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: real_house.pids()[name] not in {None, killed}, f"{name} is back", lambda: real_house.output)
    time.sleep(1.5)  # let the watch see it, so that ready means ready again
    wait_until(lambda: _is_ready(real_house), "ready again", lambda: real_house.output, patience_s=28)


async def test_a_poison_message_is_listed_shown_and_retried(real_house: House) -> None:
    client = await nats.connect(real_house.ps()["nats"]["url"])
    await client.jetstream().publish("requests.submitted.66", b"no request", headers={"ce-id": "poison"})
    await client.close()
    letters: list[dict[str, Any]] = []

    def is_dead() -> bool:
        letters[:] = json.loads(real_house.caunoi("dead", "list", "--json").stdout)
        return bool(letters)

    wait_until(is_dead, "it is among the dead letters")
    assert {letter["subject"] for letter in letters} == {"requests.submitted.66"}
    id = letters[0]["id"]
    shown = json.loads(real_house.caunoi("dead", "show", id).stdout)
    assert shown["body"] == "no request"
    assert shown["reason"]
    again = real_house.caunoi("dead", "retry", id)
    assert (again.returncode, "failed again" in again.stderr) == (1, True)
    assert real_house.caunoi("dead", "retry", "00000000-0000-0000-0000-000000000000").returncode == 1


def test_a_roster_is_imported_again_without_a_change_and_its_bad_rows_are_reported(real_house: House) -> None:
    folder = real_house.folder / "roster"
    folder.mkdir()
    head = "team_code,team_name,village,commune_code,lat,lon,languages"
    (folder / "teams.csv").write_text(f"{head}\nNEW-1,Tổ thử,Thôn thử,24121,12.66,108.13,vi\n")
    first = json.loads(real_house.caunoi("import", "roster", str(folder), "--json").stdout)
    again = json.loads(real_house.caunoi("import", "roster", str(folder), "--json").stdout)
    assert first["created"] >= 1
    assert (again["created"], again["changed"], again["errors"]) == (0, 0, [])
    (folder / "teams.csv").write_text(f"{head}\nNEW-2,Tổ thử,Thôn thử,99999,12.66,108.13,vi\n")
    bad = real_house.caunoi("import", "roster", str(folder), "--json")
    assert bad.returncode == 1
    report = json.loads(bad.stdout)
    assert set(report) >= {"created", "changed", "unchanged", "removed", "errors"}
    assert report["errors"][0]["column"] == "commune_code"


def test_winding_back_and_migrating_harm_nothing(real_house: House) -> None:
    assert real_house.caunoi("migrate").stdout.count("newest version") == 3
    assert real_house.caunoi("replay").returncode == 0
    wait_until(lambda: _is_ready(real_house), "ready after replay", lambda: real_house.output)


def test_a_second_start_loads_nothing_again(real_house: House) -> None:
    pids = real_house.pids()
    takes_less_than(5, lambda: real_house.up().end() if real_house.has_ended else real_house.end())
    assert not [name for name, pid in pids.items() if is_alive(pid)]
    real_house.up()
    assert asyncio.run(count(real_house, "assign", "team")) == 1148


def _is_ready(house: House) -> bool:
    try:
        return httpx.get(f"{house.address}/readyz", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False
