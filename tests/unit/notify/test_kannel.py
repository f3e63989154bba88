"""How Kannel's words are read: answers to a send, receipts, texts, and its page of status."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.notify.channels.channel import SENT
from services.notify.channels.kannel import read_answer, written
from services.notify.channels.kannel_hooks import read_receipt, read_text
from services.notify.channels.kannel_status import read_status

NOW = datetime(2026, 11, 25, 5, tzinfo=UTC)
ID = UUID(int=7)


def test_the_coding_is_the_cheapest_that_holds_every_letter() -> None:
    headers, body = written("Yeu cau moi [1] €")
    assert (headers["X-Kannel-Coding"], body) == ("0", "Yeu cau moi [1] €".encode())
    headers, body = written("Yêu cầu mới 🙂")
    assert (headers["X-Kannel-Coding"], body.decode("utf-16-be")) == ("2", "Yêu cầu mới 🙂")


@pytest.mark.parametrize(
    ("status", "said", "kind", "reason"),
    [
        (202, "0: Accepted for delivery", "sent", None),
        (202, "3: Queued for later delivery", "sent", None),
        (403, "Authorization failed for sendsms", "temporary", "wrong_key"),
        (403, "Not routable. Do not try again.", "permanent", "not_routable"),
        (400, "Sender missing and no global set, rejected", "temporary", "wrong_sender"),
        (400, "Number(s) has/have been denied by white- and/or black-lists.", "permanent", "unknown_number"),
        (503, "Temporal failure, try again later.", "temporary", "busy_carrier"),
        (400, "Charset or body misformed, rejected", "temporary", "http_400"),
        (302, "", "temporary", "http_302"),
    ],
)
def test_answers_are_known_by_their_words(status: int, said: str, kind: str, reason: str | None) -> None:
    outcome = read_answer(status, said)
    assert (outcome.kind, outcome.reason) == (kind, reason)
    assert outcome.address_is_bad == (reason == "unknown_number")
    assert outcome != SENT or not outcome.maybe_sent


@pytest.mark.parametrize(
    ("bits", "word", "kind", "reason", "is_bad"),
    [
        (1, "", "delivered", None, False),
        (1 | 8, "id:1 stat:DELIVRD err:000", "delivered", None, False),
        (8, "ACK/", "on_its_way", None, False),
        (4, "id:1 stat:ENROUTE", "on_its_way", None, False),
        (2, "id:1 sub:001 stat:UNDELIV err:001 text:Xin chao ba con", "failed", "undelivered", False),
        (2, "id:1 stat:REJECTD err:042", "failed", "refused_by_carrier", False),
        (34, "id:1 stat:EXPIRED err:000", "failed", "switched_off", False),
        (34, "", "failed", "switched_off", False),
        (2, "", "failed", "undelivered", False),
        (16, "NACK/0x0000000b/Invalid Destination Address", "failed", "unknown_number", True),
        (16, "NACK/0x00000058/Throttling error", "failed", "too_fast", False),
        (16, "NACK/Retries Exceeded", "failed", "busy_carrier", False),
        (16, "NACK/0x00000045/Submit failed", "failed", "0x00000045", False),
        (16, "NACK/text: ong Nam o Buon Ma Thuot", "failed", "undelivered", False),
    ],
)
def test_receipts_are_read_by_their_bits(bits: int, word: str, kind: str, reason: str | None, is_bad: bool) -> None:
    receipt = read_receipt(ID, bits, "key", NOW, "net-1", word)
    assert receipt
    assert (receipt.kind, receipt.reason, receipt.address_is_bad) == (kind, reason, is_bad)
    assert (receipt.message, receipt.provider_id, receipt.key, receipt.at) == (ID, "net-1", "key", NOW)


@pytest.mark.parametrize("bits", [0, 32, 64])
def test_bits_that_say_nothing_are_no_receipt(bits: int) -> None:
    assert read_receipt(ID, bits, "key", NOW, "", "") is None


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ('text/plain; charset="UTF-16BE"', "nhận 1 🙂".encode("utf-16-be"), "nhận 1 🙂"),
        ('text/plain; charset="UTF-8"', "nhận 1".encode(), "nhận 1"),
        ("text/plain", "nhận 1".encode(), "nhận 1"),
        ("text/plain; charset=no-such", "nhận 1".encode(), "nhận 1"),
        ("text/plain; charset=hex", b"NHAN 1", "NHAN 1"),
        ('text/plain; charset="UTF-16BE"', b"\x00N\x00", "N\ufffd"),
        ('text/plain; charset="UTF-16BE"', b"\x00\x00\x001", "1"),
    ],
)
def test_texts_are_decoded_by_their_charset_whatever_they_hold(content_type: str, body: bytes, text: str) -> None:
    read = read_text({"content-type": content_type, "x-kannel-from": "+84905123456"}, body, "key", NOW)
    assert read and read.text == text


def test_binary_messages_are_no_texts() -> None:
    headers = {"content-type": "application/octet-stream", "x-kannel-from": "+84905123456"}
    assert read_text(headers, b"\x06\x05", "key", NOW) is None


STATUS = """<?xml version="1.0"?><gateway><status>{running}, uptime 0d 0h 0m 5s</status>
<sms><sent><total>0</total><queued>3</queued></sent><storesize>0</storesize></sms>
<boxes>{boxes}</boxes><smscs><count>1</count>{networks}</smscs></gateway>"""
BOX = "<box><type>smsbox</type><status>on-line 0d</status></box>"


@pytest.mark.parametrize(
    ("running", "boxes", "networks", "state"),
    [
        ("running", BOX, ["online 4s"], "well"),
        ("running", BOX, ["online 4s", "re-connecting"], "ailing"),
        ("running", BOX, ["re-connecting"], "down"),
        ("running", BOX, ["dead"], "down"),
        ("running", BOX, [], "down"),
        ("running", "", ["online 4s"], "down"),
        ("isolated", BOX, ["online 4s"], "down"),
    ],
)
def test_it_is_well_where_all_its_parts_are(running: str, boxes: str, networks: list[str], state: str) -> None:
    shown = "".join(f"<smsc><status>{status}</status></smsc>" for status in networks)
    health = read_status(STATUS.format(running=running, boxes=boxes, networks=shown))
    assert health.state == state
    assert "queued: 3" in health.details


def test_a_page_that_is_denied_or_no_page_says_nothing_of_kannel() -> None:
    assert read_status("Denied\n").details == "KANNEL_STATUS_PASSWORD is wrong"
    assert read_status("<html>").state == "unknown"
