"""What gateways' and mail servers' own words mean: pure readings of their answers."""

from typing import Any

import pytest

from services.notify.channels import esms, speedsms
from services.notify.channels.calling import Answer
from services.notify.channels.email import reply


@pytest.mark.parametrize(
    ("status", "success", "failed", "kind"),
    [
        ("1", "0", "0", "on_its_way"),
        ("2", "0", "0", "on_its_way"),
        ("7", "0", "0", "on_its_way"),
        ("4", "0", "0", "failed"),
        ("5", "1", "0", "delivered"),
        ("5", "1", "2", "delivered"),
        ("5", "0", "2", "failed"),
        ("5", "0", "0", None),
        ("5", None, "nonsense", None),
    ],
)
def test_esms_finished_is_not_yet_delivered(status: str, success: str | None, failed: str, kind: str | None) -> None:
    told = {"SendStatus": status, "SendFailed": failed} | ({"SendSuccess": success} if success else {})
    assert esms.fate(told) == kind


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ({"CodeResult": "100", "SMSID": "a"}, "sent", None),
        ({"CodeResult": 100, "SMSID": 7}, "sent", None),
        ({"CodeResult": "124", "SendStatus": 5}, "sent", None),
        ({"CodeResult": "103"}, "temporary", "no_credit"),
        ({"CodeResult": "146"}, "permanent", "not_registered"),
        ({"CodeResult": "555"}, "temporary", "esms_555"),
        ({"error": "Invalid request"}, "temporary", "esms_unreadable"),
    ],
)
def test_esms_codes(body: Any, kind: str, reason: str | None) -> None:
    outcome = esms.read_answer(Answer(200, body))
    assert (outcome.kind, outcome.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (200, {"status": "success", "code": "00", "data": {"tranId": 5}}, "sent", None),
        (
            200,
            {"status": "success", "code": "00", "data": {"tranId": 5, "invalidPhone": ["84"]}},
            "permanent",
            "unknown_number",
        ),
        (200, {"status": "error", "code": "300"}, "temporary", "no_credit"),
        (200, {"status": "error", "code": "901"}, "temporary", "speedsms_901"),
        (401, {"name": "Unauthorized"}, "temporary", "wrong_key"),
        (502, {}, "temporary", "http_502"),
        (429, {"status": 429}, "temporary", "too_fast"),
    ],
)
def test_speedsms_codes(status: int, body: Any, kind: str, reason: str | None) -> None:
    outcome = speedsms.read_answer(Answer(status, body))
    assert (outcome.kind, outcome.reason) == (kind, reason)


@pytest.mark.parametrize(("header", "seconds"), [("37", 37), ("0", 0), ("99999999", 3600), ("soon", None), ("", None)])
def test_speedsms_says_how_long_to_wait_and_we_wait_no_longer_than_an_hour(header: str, seconds: int | None) -> None:
    outcome = speedsms.read_answer(Answer(429, headers={"x-rate-limit-reset": header}))
    assert (outcome.retry_after.total_seconds() if outcome.retry_after is not None else None) == seconds


@pytest.mark.parametrize(
    ("code", "text", "kind", "reason", "bad"),
    [
        (550, "5.1.1 no such user", "permanent", "unknown_mailbox", True),
        (550, "no such user", "permanent", "unknown_mailbox", True),
        (550, "5.7.1 your network is blocked", "permanent", "refused_by_carrier", False),
        (550, "5.2.1 mailbox disabled", "permanent", "unknown_mailbox", True),
        (552, "5.2.2 over quota", "temporary", "mailbox_full", False),
        (451, "4.7.1 greylisted", "temporary", "busy_carrier", False),
        (450, "busy", "temporary", "busy_carrier", False),
        (554, "spam", "permanent", "refused_by_carrier", False),
        (571, "x", "permanent", "refused_by_carrier", False),
        (530, "5.7.0 sign in first", "temporary", "wrong_key", False),
    ],
)
def test_the_enhanced_code_says_more_than_the_code(code: int, text: str, kind: str, reason: str, bad: bool) -> None:
    outcome = reply(code, text)
    assert (outcome.kind, outcome.reason, outcome.address_is_bad) == (kind, reason, bad)
