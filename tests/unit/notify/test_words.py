"""Promise 1.21: what people type is understood however it is typed, and never taken for more than it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.replies.words import Said, read
from shared.codes import new_code, spoken
from shared.vietnam.names import fold

CODE = "482915308"
assert new_code() != CODE


@pytest.mark.parametrize(
    ("text", "word", "number", "rest"),
    [
        ("NHAN 1", "NHAN", 1, ""),
        ("nhận 1.", "NHAN", 1, ""),
        ("Nhan1", "NHAN", 1, ""),
        ("  nhan   12  ", "NHAN", 12, ""),
        ("nhan viec 3", "NHAN", 3, ""),
        ("Nhận số 3 ạ", "NHAN", 3, "ạ"),
        ("nhan", "NHAN", None, ""),
        ("nhận luôn nhé", "NHAN", None, "luôn nhé"),
        ("NHAN 1 chiều tôi đến", "NHAN", 1, "chiều tôi đến"),
        ("TUCHOI 2", "TUCHOI", 2, ""),
        ("từ chối 2 bận đi rẫy", "TUCHOI", 2, "bận đi rẫy"),
        ("Tu choi: ban viec", "TUCHOI", None, "ban viec"),
        ("tuchoi2", "TUCHOI", 2, ""),
        ("XONG", "XONG", None, ""),
        ("Xong rồi", "XONG", None, "rồi"),
        ("xong 3, đã cài lại máy", "XONG", 3, "đã cài lại máy"),
        ("XONG 1 2 lan moi duoc", "XONG", 1, "2 lan moi duoc"),
        ("CHUA", "CHUA", None, ""),
        ("chưa xong, máy vẫn treo", "CHUA", None, "xong, máy vẫn treo"),
        ("xem", "XEM", None, ""),
        ("XEM 4", "XEM", 4, ""),
        ("ngưng", "NGUNG", None, ""),
        ("Ngưng nhận tin", "NGUNG", None, "nhận tin"),
        ("STOP", "NGUNG", None, ""),
        ("HOTRO", "HOTRO", None, ""),
        ("HOTRO mất mạng, thôn 3", "HOTRO", None, "mất mạng, thôn 3"),
        ("Hỗ trợ tôi với", "HOTRO", None, "tôi với"),
        ("ho tro: 2 hom nay mat mang", "HOTRO", None, "2 hom nay mat mang"),
        ("HELP no internet", "HOTRO", None, "no internet"),
    ],
)
def test_a_word_is_known_however_it_is_typed(text: str, word: str, number: int | None, rest: str) -> None:
    said = read(text)
    assert (said.word, said.number, said.rest) == (word, number, rest)


@pytest.mark.parametrize(
    "text",
    [
        "mạng ngưng hoạt động ba ngày nay",
        "ngung hoat dong roi",
        "Nhận tiền rồi mà không thấy hàng",
        "Nhân viên có tới không",
        "nhan 1 2",
        "NHAN 1 va 2",
        "nhanh lên",
        "alo",
        "Cảm ơn nhưng vẫn hỏng",
        "số 3 nhận",
    ],
)
def test_what_might_be_a_sentence_is_no_command(text: str) -> None:
    assert read(text) == Said(None)


@pytest.mark.parametrize(
    "text", ["cảm ơn", "Cám ơn anh chị nhiều nhé!", "cam on", "OK", "dạ vâng ạ", "", "  ", "👍", "..."]
)
def test_thanks_are_thanks(text: str) -> None:
    said = read(text)
    assert said.polite
    assert said.word is None


@pytest.mark.parametrize("text", ["1", "1.", " 12 ", "#3", "(3)"])
def test_a_bare_number_is_no_command(text: str) -> None:
    said = read(text)
    assert said.word is None
    assert said.number is not None


def test_a_code_is_read_in_threes_and_bare() -> None:
    code = new_code()
    for text in (f"xem {code}", f"XEM {spoken(code)}", f"xem ma {code[:3]}.{code[3:6]}.{code[6:]}", spoken(code)):
        assert (read(text).word, read(text).code) == ("XEM", code), text
    assert read(f"CHUA {spoken(code)} máy vẫn treo") == Said(
        "CHUA", code=code, rest="máy vẫn treo", before_number="máy vẫn treo"
    )


def test_a_mistyped_code_is_said_to_be_one() -> None:
    code = new_code()
    mistyped = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert read(f"NHAN {mistyped}").wrong_code == mistyped
    assert read(f"NHAN {mistyped}").code is None


def test_a_telephone_number_is_neither_code_nor_number() -> None:
    assert read("NHAN 0905123456") == Said(None)
    assert read("0905123456").code is None


@pytest.mark.parametrize(
    ("text", "stars", "rest"),
    [
        ("DANHGIA 5", 5, ""),
        ("đánh giá 4 sao", 4, ""),
        ("danhgia5", 5, ""),
        ("Danh gia: 3/5 toi tam", 3, "toi tam"),
        ("DANHGIA", None, ""),
        ("danh gia 7", None, "7"),
        ("danh gia 0", None, "0"),
    ],
)
def test_stars_are_one_to_five(text: str, stars: int | None, rest: str) -> None:
    said = read(text)
    assert (said.word, said.stars, said.rest) == ("DANHGIA", stars, rest)


def test_a_rating_may_name_its_ticket_before_or_after_the_stars() -> None:
    code = new_code()
    for text in (f"DANHGIA 5 {spoken(code)}", f"DANHGIA {code} 5"):
        said = read(text)
        assert (said.stars, said.code) == (5, code)


def test_a_resident_s_number_may_be_part_of_what_he_says() -> None:
    said = read("CHUA 2 ngày rồi máy vẫn hỏng")
    assert said.number == 2
    assert said.before_number == "2 ngày rồi máy vẫn hỏng"


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read(text)


@given(
    st.sampled_from(["nhận", "từ chối", "xong", "chưa", "xem", "ngưng"]),
    st.booleans(),
    st.sampled_from([str.upper, str.lower, str.title]),
)
def test_case_and_diacritics_do_not_matter(word: str, folded: bool, case: object) -> None:
    written = fold(word) if folded else word
    assert read(case(written)).word == fold(word).replace(" ", "").upper()  # type: ignore[operator]
