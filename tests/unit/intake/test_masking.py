"""Numbers that nobody should have written down do not get into the store; amounts of money do."""

import pytest

from services.intake.requests.masking import masked

HIDDEN = [
    ("Căn cước 066123456789 của tôi", "Căn cước •••••••••••• của tôi"),
    ("CMND 240123456.", "CMND •••••••••."),
    ("cccd 066 123 456 789", "cccd ••• ••• ••• •••"),
    ("cccd 066.123.456.789", "cccd •••.•••.•••.•••"),
    ("Mã OTP là 482915", "Mã OTP là ••••••"),
    ("OTP: 4829", "OTP: ••••"),
    ("otp 482 915 họ hỏi", "otp ••• ••• họ hỏi"),
    ("họ xin mã xác thực 48291577", "họ xin mã xác thực ••••••••"),
    ("ma xac nhan 4829", "ma xac nhan ••••"),
    ("mật khẩu của tôi là 19801980", "mật khẩu của tôi là ••••••••"),
    ("Tin nhắn ghi 482915, tôi đọc cho họ", "Tin nhắn ghi ••••••, tôi đọc cho họ"),
]
KEPT = [
    "Tôi chuyển 500000000 cho họ",
    "Tôi chuyển 500.000.000 đồng",
    "Mất 2.500.000 đ trong tài khoản",
    "mất 750000",
    "trả 482915 đồng tiền điện",
    "Gọi tôi số 0905123456 hoặc +84905123456",
    "Mua năm 2024, hỏng năm 2026",
    "Số tài khoản 1023456789012345",
    "Ngày 24/11/2026 lúc 15:40",
    "Bật 4G rồi mà 3 ngày không có sóng",
]


@pytest.mark.parametrize(("written", "stored"), HIDDEN)
def test_cards_and_one_time_passwords_are_hidden(written: str, stored: str) -> None:
    assert masked(written) == stored


@pytest.mark.parametrize("written", KEPT)
def test_money_phones_dates_and_accounts_stay(written: str) -> None:
    assert masked(written) == written


@pytest.mark.parametrize("written", [text for text, _ in HIDDEN] + KEPT)
def test_the_length_stays_and_hiding_twice_changes_nothing(written: str) -> None:
    once = masked(written)
    assert len(once) == len(written)
    assert masked(once) == once
