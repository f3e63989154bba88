"""2.1 with the real bearerbox, smsbox and fakesmsc: texts, receipts and replies, end to end."""

import pytest

from tests.phones.province import Province, short_number
from tests.support.kannel import NUMBER

pytestmark = pytest.mark.phones


def test_a_vietnamese_text_arrives_byte_for_byte_and_its_receipt_comes_back(province: Province) -> None:
    code, phone = province.ask()
    message = province.message(code, "submitted")
    sms = province.text_on(phone)
    assert sms.text == message["text"]
    assert (sms.sender, message["channel"], message["resent"]) == (NUMBER, "kannel", False)
    assert any(letter in sms.text for letter in "ạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủứừửữựđ")


def test_a_long_text_travels_in_the_parts_that_we_count(province: Province) -> None:
    code, _ = province.ask()
    message = province.message(code, "offered")
    (sms,) = [sms for sms in province.kannel.received() if (sms.to, sms.text) == (message["to"], message["text"])]
    assert sms.parts == message["parts"] > 1


def test_an_english_text_travels_in_the_gsm_alphabet(province: Province) -> None:
    code, phone = province.ask(language="en")
    message = province.message(code, "submitted")
    sms = province.text_on(phone)
    assert (sms.text, sms.parts) == (message["text"], message["parts"])
    assert sms.text.isascii()


def test_a_member_accepts_by_a_text_with_diacritics_and_the_resident_hears_of_it(province: Province) -> None:
    code, _ = province.ask()
    offered = province.message(code, "offered")
    province.kannel.network((offered["to"], f"nhận {short_number(offered)}"))
    ticket = province.ticket_becomes(code, "accepted")
    assert ticket["code"] == code
    accepted = province.message(code, "accepted")
    assert province.arrived([accepted])


def test_no_log_of_kannel_holds_a_number_or_a_text(province: Province) -> None:
    code, phone = province.ask()
    message = province.message(code, "submitted")
    logs = province.kannel.log("bearerbox") + province.kannel.log("smsbox")
    assert phone[3:] not in logs and message["text"][:12] not in logs and code not in logs
