"""2.2, what may break: notify is killed in mid-send, the line is cut, the centre is too busy, its answers are lost.

Nothing is lost, and nothing is doubled without a mark; what members answer meanwhile counts once.
"""

import asyncio
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.chaos.faults import kill
from tests.phones.province import Json, Province, short_number
from tests.support.house import own_house, wait_until
from tests.support.kannel import Sms
from tests.support.stand_ins.smpp.centre import PASSWORD, Centre, running_centre

pytestmark = [pytest.mark.phones, pytest.mark.slow]

T = TypeVar("T")
ROUNDS = 3
ASKED_EACH_ROUND = 5
PATIENCE_S = 480
"""Somebody dead is noticed after a lease, a second refusal is tried again after five minutes."""
OVER = ("delivered", "failed", "expired")


class Line:
    """Everybody's phones behind the message centre."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def received(self) -> list[Sms]:
        return [Sms("8077", to, text, 1) for to, text in _run(self._centre.texts())]

    def behave(self, **wishes: Any) -> None:
        _run(self._centre.behave(**wishes))

    def cut(self) -> None:
        _run(self._centre.drop())

    def write(self, sender: str, text: str) -> None:
        number = sender.removeprefix("+")
        body = text.encode("utf-16-be").hex()
        fields = {"source_addr_ton": 1, "source_addr": number, "destination_addr": "8077", "data_coding": 8}
        _run(self._centre.deliver(hex=body, **fields))


@pytest.fixture(scope="module")
def line() -> Line:
    centre = running_centre()
    _run(centre.reset())
    made = Line(centre)
    made.behave(reports=True, answerAfterMs=20, idBase=16)
    return made


@pytest.fixture(scope="module")
def town(run_folder: Path, line: Line) -> Iterator[Province]:
    account = {"SYSTEM_ID": "caunoi", "PASSWORD": PASSWORD, "SOURCE": "8077", "IDS": "hex_decimal"}
    where = {"HOST": "127.0.0.1", "PORT": str(running_centre().port)}
    settings = {f"SMPP_{name}": value for name, value in {**account, **where}.items()}
    with own_house(run_folder, {**settings, "CHANNELS": "smpp", "SMS_DIACRITICS": "true"}) as house:
        province = Province(house, line)  # pyright: ignore[reportArgumentType]  (it reads what was received, no more)
        yield province
        province.close()


def test_notify_killed_in_mid_send_loses_nothing(town: Province, line: Line) -> None:
    codes: list[str] = []
    for _ in range(ROUNDS):
        codes += town.ask_many(ASKED_EACH_ROUND)
        kill(town.house, "notify")
    _all_is_well(town, codes)


def test_a_line_that_is_cut_and_a_centre_that_is_too_busy_lose_nothing(town: Province, line: Line) -> None:
    codes: list[str] = []
    for wishes in ({"submit": "drop"}, {"submit": "refuse", "status": 0x58}, {"losesAnswers": True}, {}):
        line.behave(**{"submit": "take", "losesAnswers": False} | wishes)
        codes += town.ask_many(ASKED_EACH_ROUND)
        time.sleep(1)
        line.cut()
    _all_is_well(town, codes)


def test_what_members_answer_while_notify_is_killed_counts_once(town: Province, line: Line) -> None:
    told = _settled(town, town.ask_many(ASKED_EACH_ROUND))
    offers = {message["code"]: message for message in told if message["alert"] == "offered"}
    assert len(offers) >= 2
    for count, offered in enumerate(offers.values()):
        line.write(offered["to"], f"nhận {short_number(offered)}")
        if count % 2:
            kill(town.house, "notify")
    for code in offers:
        town.ticket_becomes(code, "accepted", patience_s=120)
    told = _all_is_well(town, list(offers))
    assert not [message for message in told if message["alert"] == "answer"], "a second one would have been answered"


def _settled(town: Province, codes: list[str]) -> list[Json]:
    """All messages of these requests, once somebody was told of each and none is under way any more."""

    def over() -> list[Json] | None:
        told = [town.messages(code) for code in codes]
        every = [message for one in told for message in one]
        known = all({"offered", "unrouted"} & {message["alert"] for message in one} for one in told)
        return every if known and all(message["state"] in OVER for message in every) else None

    def open_ones() -> str:
        return f"not settled: {[m for code in codes for m in town.messages(code) if m['state'] not in OVER]}"

    return wait_until(over, 240, open_ones, 1)


def _all_is_well(town: Province, codes: list[str]) -> list[Json]:
    messages = _settled(town, codes)
    assert {message["state"] for message in messages} <= {"delivered", "expired"}, "what nobody needs any more expires"
    assert {message["channel"] for message in messages} == {"smpp"}
    town.books_agree(messages)
    arrived, marked = town.arrived(messages).total(), sum(message["resent"] for message in messages)
    print(f"{len(messages)} messages, {arrived} arrived, {marked} marked as resent")
    return messages


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)
