"""SMPP without a network: what is written, what is read, and how fast."""

import asyncio
from uuid import UUID, uuid4

import pytest
import structlog
from aiosmpplib import NPI, TON, PhoneNumber
from hypothesis import given
from hypothesis import strategies as some

from services.notify.channels import smpp_link
from services.notify.channels.channel import Outcome, Outgoing
from services.notify.channels.smpp import refusal
from services.notify.channels.smpp_incoming import joined
from services.notify.channels.smpp_link import Link
from services.notify.channels.smpp_pace import SLOWEST_S, Pace
from services.notify.channels.smpp_reading import Delivery, Part, decode, read_delivery
from services.notify.channels.smpp_receipts import KINDS, answer_name, read_receipt, receipt_name
from services.notify.channels.smpp_session import Refused, Session
from services.notify.channels.smpp_writing import address_of, split, submits
from services.notify.channels.tables import SmppText
from shared.vietnam.sms import parts
from tests.service.notify.story import NOON

LETTERS = some.characters(exclude_categories=("Cs",), exclude_characters="\0")
RECEIPT = "id:{id} sub:001 dlvrd:001 submit date:2611251200 done date:{done} stat:{stat} err:{err} text:Tổ".encode()


def outgoing(text: str, address: str = "+84905123456", id: UUID | None = None) -> Outgoing:
    return Outgoing(id or uuid4(), address, address, text, "answer", None, NOON)


def pdu(
    message: bytes = b"NHAN 1", *, esm_class: int = 0, coding: int = 0, kind: int = 1, options: bytes = b""
) -> bytes:
    """The body of a deliver_sm from 84905123456 to 8077."""
    head = b"\0" + bytes((kind, 1)) + b"84905123456\0" + b"\3\x008077\0" + bytes((esm_class, 0, 0)) + b"\0\0"
    return head + bytes((0, 0, coding, 0, len(message))) + message + options


def delivered(text: bytes = b"", options: dict[int, bytes] | None = None) -> Delivery:
    return Delivery("receipt", "+84905123456", "8077", 0, text, None, options or {})


def receipt(stat: str = "DELIVRD", id: str = "6699", done: str = "2611251201", err: str = "000") -> bytes:
    return (
        RECEIPT.replace(b"{id}", id.encode())
        .replace(b"{stat}", stat.encode())
        .replace(b"{done}", done.encode())
        .replace(b"{err}", err.encode())
    )


def part(position: int, body: bytes, coding: int = 8, total: int = 2) -> SmppText:
    return SmppText(
        fingerprint=str(position),
        at=NOON,
        source="+84905123456",
        destination="8077",
        coding=coding,
        body=body,
        reference=7,
        total=total,
        position=position,
    )


@given(some.text(LETTERS, min_size=1, max_size=700))
def test_parts_are_those_that_are_paid_for_and_joined_they_are_the_text(text: str) -> None:
    cut = split(text)
    assert len(cut) == parts(text).parts and "".join(cut) == text


@given(some.text("ab€[]~ệ😀", min_size=60, max_size=400))
def test_no_part_is_longer_than_a_phone_takes(text: str) -> None:
    bodies = [submit._encoded_message for submit in submits(outgoing(text), address_of("8077"))]
    assert all(len(body) <= (160 if parts(text).coding == "gsm7" else 140) for body in bodies)


def test_a_text_that_is_tried_again_has_the_same_header() -> None:
    id, text = uuid4(), "Tổ " * 60
    first, second = (submits(outgoing(text, id=id), address_of("8077")) for _ in range(2))
    assert [one._encoded_message for one in first] == [one._encoded_message for one in second]
    assert [one.registered_delivery for one in first] == [0, 0, 1]
    assert {one.esm_class for one in first} == {0x40}


@pytest.mark.parametrize(("text", "address"), [("", "+84905123456"), ("a", "+8490512345678901234567")])
def test_what_cannot_be_written_is_told(text: str, address: str) -> None:
    with pytest.raises(ValueError):
        submits(outgoing(text, address), address_of("8077"))


def test_senders_are_told_by_their_kind() -> None:
    assert address_of("+84905123456") == PhoneNumber("84905123456", TON.INTERNATIONAL, NPI.ISDN)
    assert address_of("8077") == PhoneNumber("8077", TON.NETWORK_SPECIFIC, NPI.UNKNOWN)
    assert address_of("CAU NOI") == PhoneNumber("CAU NOI", TON.ALPHANUMERIC, NPI.UNKNOWN)


@pytest.mark.parametrize(
    ("body", "coding", "text"),
    [
        (b"\x00 XONG 1 \x1be", 0x00, "@ XONG 1 €"),
        (b"\x00 XONG 1", 0x10, "@ XONG 1"),
        (b"\x00 XONG 1", 0xF0, "@ XONG 1"),
        (b"\x00 XONG 1", 0x0D, "@ XONG 1"),
        ("nhận 1".encode("utf-16-be"), 0x08, "nhận 1"),
        ("nhận 1".encode("utf-16-be"), 0x18, "nhận 1"),
        ("nhận 1".encode("utf-16-be") + b"\x1e", 0x08, "nhận 1�"),
        ("café".encode("latin-1"), 0x03, "café"),
        ("café".encode("latin-1"), 0xF5, "café"),
        (b"1\xff", 0x01, "1�"),
        ("1\0".encode("utf-16-be"), 0x08, "1"),
    ],
)
def test_whatever_coding_a_phone_has_something_is_read(body: bytes, coding: int, text: str) -> None:
    assert decode(body, coding) == text


@given(some.binary(max_size=140), some.integers(0, 255))
def test_no_bytes_and_no_coding_are_refused(body: bytes, coding: int) -> None:
    assert "\0" not in decode(body, coding)


@given(some.binary(max_size=200))
def test_no_pdu_raises_anything_but_that_it_is_cut_off(body: bytes) -> None:
    try:
        read_delivery(body)
    except ValueError as error:
        assert "ends" in str(error)


def test_a_number_is_international_where_it_says_so() -> None:
    assert read_delivery(pdu()).source == "+84905123456"
    assert read_delivery(pdu(kind=0)).source == "84905123456"
    assert read_delivery(pdu(kind=200)).source == "84905123456"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("05 00 03 2a 03 02", Part(0x2A, 3, 2)),
        ("06 08 04 01 2a 03 02", Part(0x12A, 3, 2)),
        ("0b 05 04 0b 84 23 f0 00 03 2a 03 02", Part(0x2A, 3, 2)),
        ("05 00 03 2a 03 04", None),
        ("05 00 03 2a 01 01", None),
        ("06 05 04 0b 84 23 f0", None),
        ("20 00", None),
    ],
)
def test_a_part_is_known_wherever_the_header_says_so(header: str, expected: Part | None) -> None:
    read = read_delivery(pdu(bytes.fromhex(header) + b"NHAN", esm_class=0x40))
    assert read.part == expected


def test_a_part_may_be_told_by_options_and_a_text_come_as_payload() -> None:
    options = bytes.fromhex("020c0002002a 020e000103 020f000102 042400044e48414e".replace(" ", ""))
    read = read_delivery(pdu(b"", options=options))
    assert (read.part, read.text) == (Part(0x2A, 3, 2), "NHAN")


def test_an_option_that_is_cut_off_hurts_nobody() -> None:
    assert read_delivery(pdu(options=bytes.fromhex("14010100ff"))).text == "NHAN 1"


def test_repeats_have_one_fingerprint_and_parts_their_own() -> None:
    first, again = (read_delivery(pdu()) for _ in range(2))
    assert first.fingerprint == again.fingerprint
    one, other = (read_delivery(pdu(bytes((5, 0, 3, 7, 2, n)) + b"a", esm_class=0x40)) for n in (1, 2))
    assert len({first.fingerprint, one.fingerprint, other.fingerprint}) == 3


def test_parts_are_joined_by_their_bytes() -> None:
    whole = "Máy hỏng 😀".encode("utf-16-be")
    assert joined([part(2, whole[20:]), part(1, whole[:20])]) == "Máy hỏng 😀"
    assert joined([part(1, b"NHAN ", coding=0), part(2, "đi".encode("utf-16-be"))]) == "NHAN đi"


@pytest.mark.parametrize(
    ("esm_class", "kind"), [(0, "text"), (0x40, "text"), (0x04, "receipt"), (0x20, "receipt"), (0x08, "other")]
)
def test_what_a_delivery_is_stands_in_its_class(esm_class: int, kind: str) -> None:
    assert read_delivery(pdu(esm_class=esm_class)).kind == kind


@pytest.mark.parametrize("word", KINDS)
def test_each_of_their_words_is_understood(word: str) -> None:
    read = read_receipt(delivered(receipt(word)), "same", NOON)
    assert read and (read.kind, read.provider_id) == (KINDS[word], "6699")
    assert (read.reason == word) == (read.kind == "failed")


def test_a_receipt_may_say_it_by_options_alone() -> None:
    read = read_receipt(delivered(options={0x1E: b"1a2b\0", 0x427: b"\5"}), "same", NOON)
    assert read and (read.provider_id, read.kind, read.reason) == ("1a2b", "failed", "UNDELIV")


@pytest.mark.parametrize(("done", "err"), [("261125120159", "00A"), ("", "011"), ("20261125", "x")])
def test_dates_and_errors_of_any_form_stop_no_receipt(done: str, err: str) -> None:
    read = read_receipt(delivered(receipt("UNDELIV", done=done, err=err)), "same", NOON)
    assert read and read.reason and read.reason.startswith("UNDELIV")


def test_a_repeated_receipt_has_the_same_key_and_another_state_has_its_own() -> None:
    words = ["ENROUTE", "DELIVRD", "DELIVRD"]
    keys = [read.key for word in words if (read := read_receipt(delivered(receipt(word)), "same", NOON))]
    assert keys[1] == keys[2] != keys[0]


@pytest.mark.parametrize("text", [b"", b"id: stat:DELIVRD", b"id:7 stat:WHATEVER", "Xin chào".encode()])
def test_a_receipt_that_says_nothing_is_none(text: bytes) -> None:
    assert read_receipt(delivered(text), "same", NOON) is None


def test_ids_are_compared_as_the_centre_writes_them() -> None:
    assert answer_name("1A2B", "hex_decimal") == receipt_name("0000006699", "hex_decimal") == "6699"
    assert answer_name("0000006699", "decimal_hex") == receipt_name("1a2b", "decimal_hex") == "6699"
    assert answer_name("AB-7", "same") == receipt_name("ab-7", "same")
    assert answer_name("no number", "hex_decimal") == "no number"


def test_what_is_not_in_the_table_may_pass() -> None:
    assert refusal(0x0A) == Outcome("temporary", "ESME_RINVSRCADR")
    assert refusal(0x457) == Outcome("temporary", "SMPP_00000457")


async def test_the_pace_is_doubled_at_each_too_fast_and_comes_back_little_by_little() -> None:
    pace = Pace(per_second=1000)
    assert not pace.is_slowed
    pauses: list[float] = []
    for _ in range(8):
        pace.heard(too_fast=True)
        pauses.append(pace._pause)
    assert pauses[:4] == [0.1, 0.2, 0.4, 0.8] and pauses[-1] == SLOWEST_S
    for _ in range(100):
        pace.heard(too_fast=False)
    assert not pace.is_slowed


async def test_turns_come_one_after_the_other() -> None:
    pace, loop = Pace(per_second=50), asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(pace.turn() for _ in range(5)))
    assert loop.time() - began >= 0.075


async def test_whatever_ends_a_session_another_is_tried_after_growing_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    troubles: list[Exception] = [ConnectionError(), RuntimeError("a fault of ours"), TimeoutError(), EOFError()]
    over = asyncio.Event()

    async def connect() -> Session:
        if troubles:
            raise troubles.pop(0)
        over.set()
        raise Refused(0x0E)

    monkeypatch.setattr(smpp_link, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(smpp_link, "LONGEST_PAUSE_S", 0.004)
    link = Link(connect)
    with structlog.testing.capture_logs() as logs:
        await link.start()
        await asyncio.wait_for(over.wait(), 30)
        await asyncio.sleep(0)
        await link.stop()
    told = [(log["trouble"], log["again_in_s"]) for log in logs if log["event"] == "smpp.unbound"]
    assert [pause for _, pause in told] == [0.001, 0.002, 0.004, 0.004, smpp_link.REFUSED_PAUSE_S]
    assert told[1][0] == "failed" and told[-1][0] == "refused ESME_RINVPASWD"
