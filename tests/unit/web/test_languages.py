"""Vietnamese first, English complete."""

import string
from pathlib import Path

import pytest
from starlette.requests import Request

from shared.web.languages import Translator, Words, caller_language, page_language, say

ROOT = Path(__file__).parents[3]
FILES = sorted(
    file
    for folder in ("shared", "services")
    for file in (ROOT / folder).rglob("words.toml")
    if "node_modules" not in file.parts
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_sentence_is_in_both_languages_with_the_same_values(file: Path):
    read = Words()
    read.add(file)
    for key, leaf in read.items():
        assert leaf["vi"].strip() and leaf["en"].strip(), key
        assert placeholders(leaf["vi"]) == placeholders(leaf["en"]), key
        assert placeholders(leaf.get("en_one", "")) <= placeholders(leaf["en"]), key
        assert set(leaf) <= {"vi", "en", "en_one"}, key


@pytest.mark.parametrize("service", ["intake", "assign", "notify"])
def test_the_rooms_of_a_service_do_not_use_each_other_s_keys(service: str):
    together = Words()
    for file in FILES:
        if file.is_relative_to(ROOT / "shared") or file.is_relative_to(ROOT / "services" / service):
            together.add(file)


def test_a_key_given_twice_is_refused(tmp_path: Path):
    read = Words()
    for name in ("one", "two"):
        (tmp_path / name).write_text('[team]\nname = { vi = "Tổ", en = "Team" }', encoding="utf-8")
    read.add(tmp_path / "one")
    with pytest.raises(ValueError, match=r"team\.name"):
        read.add(tmp_path / "two")


def test_a_sentence_in_one_language_is_refused(tmp_path: Path):
    (tmp_path / "words").write_text('[team]\nname = { vi = "Tổ" }', encoding="utf-8")
    with pytest.raises(ValueError, match=r"team\.name lacks en"):
        Words().add(tmp_path / "words")


def test_english_counts_one_as_people_do():
    english, vietnamese = Translator("en"), Translator("vi")
    assert english("time.days", count=1) == "1 day"
    assert english("time.days", count=2) == "2 days"
    assert vietnamese("time.days", count=1) == "1 ngày"


def test_a_sentence_may_be_chosen_before_its_reader_is_known():
    said = say("time.before", moment=say("time.today", clock="15:40"))
    assert Translator("vi").text(said) == "trước 15:40 hôm nay"
    assert Translator("en").text(said) == "before 15:40 today"


def asked(query: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": raw})


def test_a_page_is_vietnamese_whatever_language_the_phone_was_sold_in():
    assert page_language(asked(accept_language="en-US,en;q=0.9")) == "vi"


def test_a_language_asked_for_is_given_and_remembered_by_cookie():
    assert page_language(asked("lang=en")) == "en"
    assert page_language(asked(cookie="lang=en")) == "en"
    assert page_language(asked("lang=vi", cookie="lang=en")) == "vi"
    assert page_language(asked("lang=<script>")) == "vi"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("vi,en;q=0.8", "vi"),
        ("fr, en;q=0.3", "en"),
        ("*", "vi"),
        ("en;q=x", "vi"),
    ],
)
def test_a_program_s_language_is_its_header_s_best(header: str, language: str):
    assert caller_language(asked(accept_language=header)) == language
