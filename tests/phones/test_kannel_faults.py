"""2.1, what may break: Kannel stopped, its two programs killed in turn, our own endpoint down. Nothing is lost, and
nothing is doubled without a mark."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.phones.province import Json, Province, short_number
from tests.support.kannel import Box

pytestmark = [pytest.mark.phones, pytest.mark.slow]

A_MINUTE_S = 60
AGAIN = "+7m"
"""The clock is moved over the first two pauses between tries, a minute and five."""
KILLS = 3
REQUESTS = 30
"""With what follows from each, some ninety messages."""


def test_while_kannel_is_stopped_for_a_minute_messages_wait(province: Province) -> None:
    for box in ("smsbox", "bearerbox"):
        province.kannel.stop(box)
    codes = province.ask_many(10)
    time.sleep(A_MINUTE_S)
    province.kannel.up(province.house.address)
    province.house.clock(AGAIN)
    messages = province.settle(codes, patience_s=120)
    assert {message["state"] for message in messages} == {"delivered"}
    assert {outcome["reason"] for message in messages for outcome in message["attempts"]} <= {"unreachable", None}
    assert province.arrived(messages).total() == len(messages)
    province.books_agree(messages)


@pytest.mark.parametrize("box", ["bearerbox", "smsbox"])
def test_a_program_of_kannel_that_is_killed_loses_nothing(province: Province, box: Box) -> None:
    with _asking(province) as codes:
        for _ in range(KILLS):
            time.sleep(2)
            province.kannel.kill(box)
            time.sleep(1)
            province.kannel.up(province.house.address)
    assert len(codes) == REQUESTS
    province.house.clock(AGAIN)
    # Receipts that the killed smsbox held in its memory are lost: such a message stays `sent`.
    messages = province.settle(codes, patience_s=120, also=["sent"])
    print(_counted(province, messages))
    assert {message["state"] for message in messages if not message["resent"]} <= {"delivered", "sent"}
    province.books_agree(messages)


def test_while_we_are_down_for_a_minute_no_receipt_and_no_reply_is_lost(province: Province) -> None:
    first, _ = province.ask()
    offered = province.message(first, "offered")
    province.kannel.no_network()
    codes = province.ask_many(10)
    province.settle(codes, patience_s=60, also=["sent"])
    province.house.end()
    province.kannel.network((offered["to"], f"nhận {short_number(offered)}"))
    time.sleep(A_MINUTE_S)
    province.house.up()
    province.ticket_becomes(first, "accepted", patience_s=120)
    messages = province.settle(codes, patience_s=120)
    assert {message["state"] for message in messages} == {"delivered"}
    province.books_agree(messages)


@contextmanager
def _asking(province: Province) -> Iterator[list[str]]:
    """People ask while the block runs, three a second; after it all have."""
    codes: list[str] = []

    def ask() -> None:
        for _ in range(REQUESTS):
            codes.append(province.ask()[0])
            time.sleep(0.3)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    yield codes
    thread.join(120)


def _counted(province: Province, messages: list[Json]) -> str:
    arrived = province.arrived(messages).total()
    tries = Counter(one["reason"] for message in messages for one in message["attempts"] if one["reason"])
    marked = sum(message["resent"] for message in messages)
    silent = sum(message["state"] == "sent" for message in messages)
    return (
        f"{len(messages)} messages, {arrived} arrived, {marked} marked as resent, {silent} without a receipt; "
        f"tries that failed: {dict(tries)}"
    )
