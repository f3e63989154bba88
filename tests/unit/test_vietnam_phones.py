"""Telephone numbers, as people type them into a form, say them to an operator and keep them in a spreadsheet."""

import pytest
from phonenumbers import PhoneNumber, PhoneNumberType, is_valid_number, number_type

from shared.vietnam.phones import masked, parse_phone, renumbered, spoken


@pytest.mark.parametrize(
    "typed",
    [
        "0905123456",
        "0905 123 456",
        "0905.123.456",
        " 0905-123-456 ",
        "(0905) 123 456",
        "0905\u00a0123\u00a0456",
        "\u202a+84905123456\u202c",
        "+84905123456",
        "+84 905 123 456",
        "+84 (0)905 123 456",
        "0084 905 123 456",
        "84905123456",
        "840905123456",
        "905123456",
    ],
)
def test_one_number_however_it_is_written(typed: str):
    assert parse_phone(typed) == "+84905123456"


def test_nine_digits_that_begin_like_the_country_are_a_number_without_its_zero():
    assert parse_phone("841 234 567") == "+84841234567"


@pytest.mark.parametrize(
    ("typed", "number"), [("0262 3852 123", "+842623852123"), ("(024) 3825 1234", "+842438251234")]
)
def test_a_landline_is_a_phone_too(typed: str, number: str):
    assert parse_phone(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "không có",
        "0905 123 45",
        "0905 123 4567",
        "0123456789",
        "0000000000",
        "0499 123 456",
        "0500 3852 123",
        "01689 123 456",
        "+1 202 555 0101",
        "001 202 555 0101",
        "+85512345678",
        "0905ABCDEF",
        "0905123456 ext 7",
        "٠٩٠٥١٢٣٤٥٦",
        "1022",
        "113",
        "1900 1234",
        "1800 1090",
        "0905123456,0912345678",
        "1" * 5000,
    ],
)
def test_what_no_person_in_vietnam_can_have_is_refused(typed: str):
    assert parse_phone(typed) is None


def test_every_number_of_the_sample_is_taken():
    for prefix in "0134678":
        for rest in ("0000000", "1234567", "9999999"):
            assert parse_phone(f"+849{prefix}{rest}") == f"+849{prefix}{rest}"


@pytest.mark.parametrize("tail", ["00000", "34567"])
def test_the_pattern_knows_what_the_numbering_plan_knows(tail: str):
    personal = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP}
    for length, digits in ((9, tail), (10, tail + "0")):
        for prefix in range(1000, 10_000):
            national = f"{prefix}{digits}"
            assert len(national) == length
            number = PhoneNumber(country_code=84, national_number=int(national))
            had = is_valid_number(number) and number_type(number) in personal
            assert (parse_phone(f"+84{national}") is not None) == had, national


def test_an_old_number_of_eleven_digits_is_recognised_and_proposed():
    assert renumbered("01689 123 456") == "+84389123456"
    assert renumbered("0120 123 4567") == "+84701234567"
    assert renumbered("+84 199 123 4567") == "+84591234567"
    assert renumbered("0905 123 456") is None
    assert renumbered("0110 123 4567") is None


def test_every_proposed_number_is_one_that_can_be():
    old = [*(f"12{digit}" for digit in range(10)), *(f"16{digit}" for digit in range(2, 10)), "186", "188", "199"]
    for prefix in old:
        proposed = renumbered(f"0{prefix}6789012")
        assert proposed and parse_phone(proposed) == proposed, prefix


def test_a_masked_number_tells_its_last_three_digits_alone():
    assert masked("+84905123456") == "•••456"


def test_a_number_is_spoken_in_the_groups_people_use():
    assert spoken("+84905123456") == "0905 123 456"
    assert spoken("+842623852123") == "0262 3852 123"
    assert spoken("+842438251234") == "024 3825 1234"
