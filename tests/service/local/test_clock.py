"""1.7: the settable clock. What is due on the way happens in order, each thing at its own time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import pytest

from tests.service.local.conftest import House

HOUR = 3600


def fired(house: House) -> list[tuple[str, float, float]]:
    """Who, when it was due, what the clock showed when it happened."""
    lines = (house.home / "fired").read_text().splitlines()
    return [(name, float(due), float(at)) for name, due, at in (line.split() for line in lines)]


@pytest.fixture
def timed_house(new_house: Callable[[], House]) -> House:
    house = new_house()
    timers = {"assign": [HOUR, 2 * HOUR, 3 * HOUR, 26 * HOUR], "notify": [HOUR + 60, 2 * HOUR - 60]}
    timers["intake"] = [2 * HOUR]
    house.environment = {"STAND_IN_TIMERS": json.dumps(timers)}
    return house.up()


A_MOMENT_S = 30
"""Two services' timers that are due so close together may happen in either order; on a busy machine each also so much
late."""


def test_timers_fire_in_order_each_at_its_own_time(timed_house: House) -> None:
    assert timed_house.caunoi("clock", "+4h").returncode == 0
    happened = fired(timed_house)
    dues = [due for _, due, _ in happened]
    assert len(happened) == 6
    assert all(later - earlier > -A_MOMENT_S for earlier, later in pairwise(dues)), dues
    assert all(0 <= at - due < A_MOMENT_S for _, due, at in happened), "none waited for another's time"


def test_what_is_due_later_stays_due(timed_house: House) -> None:
    timed_house.caunoi("clock", "+4h")
    timed_house.caunoi("clock", "+23h")
    assert len(fired(timed_house)) == 7


def test_the_clock_goes_to_a_time_and_is_the_same_for_all_and_after_a_restart(house: House) -> None:
    target = datetime.now(UTC) + timedelta(days=2)
    said = house.caunoi("clock", target.isoformat())
    assert said.returncode == 0
    assert "+07:00" in said.stdout
    for _ in range(2):
        for service in house.ps()["services"].values():
            now = datetime.fromisoformat(httpx.get(f"{service['url']}/simulator/timers").json()["now"])
            assert timedelta() <= now - target < timedelta(seconds=120)
        house.end()
        house.up()


def test_time_does_not_go_back(house: House) -> None:
    refused = house.caunoi("clock", "2020-01-01T00:00:00Z")
    assert refused.returncode == 1
    assert "Time does not go back" in refused.stderr


def test_what_is_no_time_is_refused(house: House) -> None:
    refused = house.caunoi("clock", "tomorrow")
    assert refused.returncode == 2
    assert "2026-11-25T09:00:00+07:00" in refused.stderr


def test_a_house_starts_at_the_time_that_was_asked_for(new_house: Callable[[], House]) -> None:
    house = new_house().up("--now", "2027-02-06T09:00:00+07:00")
    assert "2027-02-06 09:00:" in house.output
    url = house.ps()["services"]["assign"]["url"]
    now = datetime.fromisoformat(httpx.get(f"{url}/simulator/timers").json()["now"])
    assert timedelta() <= now - datetime.fromisoformat("2027-02-06T09:00:00+07:00") < timedelta(seconds=120)


def test_a_service_that_stays_busy_is_named(timed_house: House) -> None:
    from deploy.local.failures import CannotStart
    from deploy.local.http import Client
    from deploy.local.stepping import Stepper

    url = timed_house.ps()["services"]["assign"]["url"]
    away = Client("http://127.0.0.1:9")
    stepper = Stepper({"assign": Client(url), "notify": away}, timed_house.home / "clock.json", patience_s=0.3)
    with pytest.raises(CannotStart, match="notify is not quiet"):
        stepper.move_to(datetime.now(UTC) + timedelta(hours=1))
