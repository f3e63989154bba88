"""1.23: with requests arriving all the time everything is broken in turn, and nothing is lost and nothing doubled.

A short run belongs to the tests; `make chaos` breaks everything for longer and under more requests.
"""

import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.chaos import faults
from tests.chaos.books import Books, dead_letters, doubled_on_phones, read_books
from tests.chaos.residents import Filed, residents_asking
from tests.support.house import House, own_house, wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.slow]
IS_LONG = os.environ.get("CHAOS") == "long"
ROUNDS = 3 if IS_LONG else 1
PER_SECOND = 12 if IS_LONG else 4
BREATH_S = 3 if IS_LONG else 1
PHONES = 5_000 if IS_LONG else 150
FROZEN_S = 20
SETTLED_WITHIN_S = 60 * faults.CROWD
FORM = {
    "category": "payments",
    "description": "Không biết quét mã QR",
    "phone": "0905123999",
    "commune_code": "24121",
    "language": "vi",
}


@dataclass
class Aftermath:
    """What was seen while things broke, and the books when all was quiet again."""

    house: House
    filed: list[Filed] = field(default_factory=list[Filed])
    refused: list[str] = field(default_factory=list[str])
    ready_again_s: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    said_while_frozen: list[bool] = field(default_factory=list[bool])
    taken_while_frozen: list[int] = field(default_factory=list[int])
    repeated: list[str] = field(default_factory=list[str])
    sent_twice: list[set[str]] = field(default_factory=list[set[str]])
    key_reused: list[str] = field(default_factory=list[str])
    poison: list[str] = field(default_factory=list[str])
    settled_s: float = 0
    amiss: list[str] = field(default_factory=list[str])
    books: Books = field(default_factory=lambda: Books({}, {}))

    def say(self, words: str) -> None:
        print(f"  {words}", flush=True)


@pytest.fixture(scope="module")
def aftermath(run_folder: Path) -> Iterator[Aftermath]:
    with own_house(run_folder) as house, tempfile.TemporaryDirectory(prefix="caunoi-copy-") as copies:
        seen = Aftermath(house)
        with residents_asking(house, PER_SECOND) as residents:
            seen.filed, seen.refused = residents.filed, residents.refused
            for number in range(ROUNDS):
                _break_everything(seen, Path(copies) / f"{number}")
        began = time.monotonic()
        _wait_until_settled(seen)
        seen.settled_s = time.monotonic() - began
        seen.say(f"{len(seen.filed)} requests; settled {seen.settled_s:.1f} s after the last fault")
        yield seen


def _break_everything(seen: Aftermath, copy: Path) -> None:
    """One round of faults, a breath between them."""
    house = seen.house
    time.sleep(BREATH_S)
    faults.copy_stream_store(house, copy)
    seen.sent_twice.append(faults.send_twice(house, FORM | {"phone": f"09051239{len(seen.sent_twice):02d}"}))
    seen.repeated.append(faults.repeat_an_event(house, times=5))
    seen.poison += faults.publish_poison(house)
    for child in faults.CHILDREN:
        _note(seen, f"kill -9 {child}", faults.kill(house, child))
    before = len(seen.filed)
    seen.said_while_frozen.append(faults.freeze(house, "nats", FROZEN_S))
    seen.taken_while_frozen.append(len(seen.filed) - before)
    house.wait_until_ready(faults.READY_AGAIN_S)
    _wait_until_poison_is_put_aside(seen)
    _note(seen, "JetStream's folder deleted", faults.lose_stream_store(house))
    _note(seen, "JetStream's folder deleted under the server", faults.lose_stream_store_under_it(house))
    _note(seen, "an older copy of JetStream's folder", faults.set_stream_store_back(house, copy))
    _note(seen, "JetStream's folder deleted again", faults.lose_stream_store(house))
    seen.key_reused += _file_twice(house)


def _wait_until_poison_is_put_aside(seen: Aftermath) -> None:
    """Nobody keeps what is no event of ours: what a deleted folder held of it before anybody looked is gone."""

    def is_aside() -> bool:
        letters = Counter(letter["consumer"] for letter in dead_letters(seen.house))
        return len(letters) >= 2 and set(letters.values()) == {2 * len(seen.poison)}

    wait_until(is_aside, why=lambda: str(dead_letters(seen.house)), pause_s=0.5)


def _note(seen: Aftermath, what: str, seconds: float) -> None:
    seen.ready_again_s.append((what, seconds))
    seen.say(f"{what}: ready again after {seconds:.1f} s, {len(seen.filed)} requests so far")
    time.sleep(BREATH_S)


def _file_twice(house: House) -> list[str]:
    """The same Idempotency-Key twice: the codes of the two answers."""
    with house.caller(**{"idempotency-key": f"twice-{time.monotonic()}"}) as resident:
        body = FORM | {"channel": "api", "category": "device"}
        answers = [resident.post("/api/v1/requests", json=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201], answers[-1].text
    assert answers[0].json() == answers[1].json()
    return [answers[0].json()["code"]]


def _wait_until_settled(seen: Aftermath) -> None:
    """Look again and again, gently, until nothing is amiss or the time is over."""
    deadline = time.monotonic() + SETTLED_WITHIN_S
    extra = _filed_otherwise(seen)
    while True:
        seen.books = read_books(seen.house)
        seen.amiss = seen.books.amiss([*seen.filed, *extra])
        if not seen.amiss or time.monotonic() > deadline:
            return
        time.sleep(2)


def _filed_otherwise(seen: Aftermath) -> list[Filed]:
    """The requests of forms and keys sent twice; their ids are asked of the tickets, which must be one each."""
    tickets = read_books(seen.house).tickets
    codes = {code for pair in seen.sent_twice for code in pair} | set(seen.key_reused)
    phones = _phones_of(seen)
    found: list[Filed] = []
    for code in codes:
        [ticket] = tickets.get(code) or [{"requests": ["none"]}]
        found.append(Filed("", phones.get(code, "+84905123999"), {"id": ticket["requests"][0], "code": code}, 1))
    return found


def _phones_of(seen: Aftermath) -> dict[str, str]:
    return {code: f"+8490512390{number}" for number, codes in enumerate(seen.sent_twice) for code in codes}


def test_every_child_is_back_and_the_front_door_ready_within_thirty_seconds(aftermath: Aftermath) -> None:
    assert len(aftermath.ready_again_s) == ROUNDS * (len(faults.CHILDREN) + 4)
    assert max(seconds for _, seconds in aftermath.ready_again_s) <= faults.READY_AGAIN_S


def test_a_bus_that_stands_still_is_admitted_and_stops_no_request(aftermath: Aftermath) -> None:
    assert all(aftermath.said_while_frozen), "the front door said that all was well"
    assert min(aftermath.taken_while_frozen) > FROZEN_S * PER_SECOND / 2


def test_no_fault_is_answered_with_a_refusal(aftermath: Aftermath) -> None:
    assert aftermath.refused == []


def test_within_a_minute_every_request_is_one_ticket_offered_and_told(aftermath: Aftermath) -> None:
    assert len(aftermath.filed) > 100
    assert aftermath.amiss == [], f"after {aftermath.settled_s:.0f} s"


def test_what_a_leader_took_by_sms_is_theirs_and_both_sides_were_told_once(aftermath: Aftermath) -> None:
    taken = [filed for filed in aftermath.filed if filed.taken_by]
    assert len(taken) > 20
    for filed in taken:
        [ticket] = aftermath.books.tickets[filed.code]
        alerts = Counter(message["alert"] for message in aftermath.books.messages[filed.code])
        assert (ticket["status"], alerts["accepted"]) == ("accepted", 2)


def test_no_phone_rings_twice_for_one_thing_unless_it_is_marked(aftermath: Aftermath) -> None:
    assert doubled_on_phones(aftermath.house, aftermath.books, PHONES) == []


def test_an_event_repeated_five_times_has_its_effect_once(aftermath: Aftermath) -> None:
    for code in aftermath.repeated:
        assert len(aftermath.books.tickets[code]) == 1
        alerts = Counter(message["alert"] for message in aftermath.books.messages[code])
        assert alerts["submitted"] == 1


def test_a_form_and_a_key_sent_twice_are_one_request_each(aftermath: Aftermath) -> None:
    assert [len(codes) for codes in aftermath.sent_twice] == [1] * ROUNDS
    assert all(len(aftermath.books.tickets[code]) == 1 for code in aftermath.key_reused)


def test_poison_lies_once_among_the_dead_letters_of_each_consumer(aftermath: Aftermath) -> None:
    letters = dead_letters(aftermath.house)
    by_consumer = Counter((letter["consumer"], letter["event_id"]) for letter in letters)
    consumers = {consumer for consumer, _ in by_consumer}
    assert set(by_consumer.values()) == {1}
    assert {consumer.split("-")[0] for consumer in consumers} == {"assign", "notify"}, letters
    for id in aftermath.poison:
        assert {consumer for consumer, event in by_consumer if event == id} == consumers
    assert len(letters) == len(consumers) * 2 * ROUNDS, "two kinds of poison a round, and nothing else"


def test_a_dead_letter_is_tried_again_from_there_and_stays_while_it_fails(aftermath: Aftermath) -> None:
    before = dead_letters(aftermath.house)
    with pytest.raises(AssertionError, match="failed again and stays"):
        aftermath.house.caunoi("dead", "retry", before[0]["id"])
    assert {letter["id"] for letter in dead_letters(aftermath.house)} == {letter["id"] for letter in before}
