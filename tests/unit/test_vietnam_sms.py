"""What an SMS costs, and texts kept within the alphabet that costs least."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.vietnam.sms import ascii_sms, gsm_length, parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("gsm7", 0, 1)),
        ("a" * 160, ("gsm7", 160, 1)),
        ("a" * 161, ("gsm7", 161, 2)),
        ("a" * 306, ("gsm7", 306, 2)),
        ("a" * 307, ("gsm7", 307, 3)),
        ("@£è\n", ("gsm7", 4, 1)),
        ("[" * 80, ("gsm7", 160, 1)),
        ("[" * 81, ("gsm7", 162, 2)),
        ("Yêu cầu mới", ("ucs2", 11, 1)),
        ("ệ" * 70, ("ucs2", 70, 1)),
        ("ệ" * 71, ("ucs2", 71, 2)),
        ("ệ" * 134, ("ucs2", 134, 2)),
        ("ệ" * 135, ("ucs2", 135, 3)),
        ("😀" * 35, ("ucs2", 70, 1)),
        ("😀" * 36, ("ucs2", 72, 2)),
    ],
)
def test_coding_length_and_parts(text: str, expected: tuple[str, int, int]):
    assert parts(text) == expected


def test_a_sign_of_two_is_not_parted_between_messages():
    assert parts("a" * 152 + "€" + "a" * 152) == ("gsm7", 306, 3)
    assert parts("ệ" * 66 + "😀" + "ệ" * 66) == ("ucs2", 134, 3)


def test_signs_outside_the_alphabet_have_no_gsm_length():
    assert gsm_length("Xin chào €") == 11
    assert gsm_length("Đắk Lắk") is None
    assert gsm_length("`") is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Tổ Buôn Akŏ Dhông sẽ gọi bác trước 15:40", "To Buon Ako Dhong se goi bac truoc 15:40"),
        ("M’Đrắk – “Krông Á”…", 'M\'Drak - "Krong A"...'),
        ("[a] {b} ~ | \\ ^ ` €", "(a) (b) - / /  ' EUR"),
        ("50.000 ₫ × 2\u00a0m²", "50.000 d x 2 m2"),
        ("½ tháng, 37°C", "1/2 thang, 37C"),
        ("Cảm ơn 😀🙏\u200b!", "Cam on !"),
        ("dòng 1\r\ndòng 2\tx", "dong 1\ndong 2 x"),
        ("李小龙", "???"),
    ],
)
def test_a_text_without_diacritics_reads_the_same(text: str, plain: str):
    assert ascii_sms(text) == plain


@given(st.text())
def test_what_leaves_without_diacritics_is_always_one_septet_a_character(text: str):
    plain = ascii_sms(text)

    assert plain.isascii()
    assert gsm_length(plain) == len(plain)


@given(st.text(alphabet=st.sampled_from("a[ệ😀"), max_size=500))
def test_there_are_never_fewer_parts_than_the_length_needs(text: str):
    coding, length, count = parts(text)
    one, each = (160, 153) if coding == "gsm7" else (70, 67)

    assert count >= (1 if length <= one else -(-length // each))
