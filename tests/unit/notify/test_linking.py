"""Promise 2.3: codes that link a chat, and the words that ask for one."""

import pytest

from services.notify.linking.codes import DIGITS, LETTERS, find_code, hashed, new_code
from services.notify.linking.preference import with_chat, without_chat
from services.notify.linking.words import wished
from services.notify.messages.masking import without_numbers


def test_a_code_has_eight_signs_none_of_which_looks_like_another() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 8 and set(code) <= set(LETTERS + DIGITS) for code in codes)
    assert not set("ILOU01") & set(LETTERS + DIGITS)


@pytest.mark.parametrize(
    "typed", ["K7MP2QX9", "k7mp2qx9", " k7mp 2qx9 ", "K7MP-2QX9", "/start K7MP2QX9", "/start@caunoi_bot k7mp2qx9"]
)
def test_a_code_is_found_however_it_is_typed(typed: str) -> None:
    assert find_code(typed) == "K7MP2QX9"


@pytest.mark.parametrize(
    "said", ["", "/start", "NHAN 1", "chuyen tien", "chaybacd", "22334455", "K7MP2QX", "K7MP2QX99"]
)
def test_words_and_numbers_are_no_code(said: str) -> None:
    assert find_code(said) is None


def test_every_new_code_is_found_again() -> None:
    for _ in range(200):
        code = new_code()
        assert find_code(code) == code


def test_the_hash_hides_the_code_and_depends_on_the_key() -> None:
    assert hashed("K7MP2QX9", "a") != hashed("K7MP2QX9", "b")
    assert "K7MP" not in hashed("K7MP2QX9", "a").upper() and len(hashed("K7MP2QX9", "a")) == 64


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ZALO", "zalo"),
        ("zalo.", "zalo"),
        ("Zalo bot", "zalo_bot"),
        ("TELEGRAM", "telegram"),
        ("kênh", "zalo"),
        ("Nối kênh", "zalo"),
        ("nhắn zalo cho tôi nhé", None),
        ("zalo bị khóa", None),
        ("NHAN 1", None),
    ],
)
def test_a_word_alone_asks_for_a_code(text: str, kind: str | None) -> None:
    assert wished(text, ("zalo", "zalo_bot", "telegram")) == kind


def test_only_what_is_here_can_be_asked_for() -> None:
    assert wished("ZALO", ("zalo_bot",)) == "zalo_bot"
    assert wished("TELEGRAM", ("zalo",)) is None
    assert wished("KENH", ()) is None


def test_a_linked_chat_comes_first_and_sms_behind_it() -> None:
    assert with_chat(None, "telegram", ("kannel",)) == ["telegram", "kannel"]
    assert with_chat(["kannel", "email"], "zalo", ("kannel",)) == ["zalo", "kannel", "email"]
    assert with_chat(["email"], "zalo", ("kannel", "esms")) == ["zalo", "email", "kannel", "esms"]
    assert with_chat(["kannel", "zalo"], "zalo", ("kannel",)) == ["zalo", "kannel"]


def test_what_is_left_after_unlinking_is_what_the_person_chose() -> None:
    assert without_chat(["telegram", "kannel"], "telegram", ("kannel",)) is None
    assert without_chat(["telegram", "email", "kannel"], "telegram", ("kannel",)) == ["email", "kannel"]
    assert without_chat(None, "telegram", ("kannel",)) is None


def test_lists_of_messages_show_no_code() -> None:
    assert without_numbers("ma noi Telegram la K7MP2QX9, dung") == "ma noi Telegram la ••••••••, dung"
    assert without_numbers("HAY NGUNG chuyen tien. DANHGIA 482915307") == "HAY NGUNG chuyen tien. DANHGIA 482915307"
