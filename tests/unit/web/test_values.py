"""Text that strangers send, made clean."""

import unicodedata
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from shared.web.values import CleanLine, CleanText, FilledText


class Told(BaseModel):
    text: Annotated[CleanText, Field(max_length=10)] = ""
    name: CleanLine = ""
    filled: FilledText = "x"


def test_text_is_composed_so_that_equal_words_are_equal():
    assert Told(text=unicodedata.normalize("NFD", "Đắk Lắk")).text == "Đắk Lắk"


def test_control_and_reordering_characters_are_taken_out_and_lines_kept():
    assert Told(text="a\x07b\u202e\r\nc\td ").text == "ab\nc\td"


def test_a_name_is_one_line_with_single_spaces():
    assert Told(name="  H'Hen \n Niê ").name == "H'Hen Niê"


def test_the_limit_counts_what_is_kept():
    assert Told(text=" " * 50 + "0123456789").text == "0123456789"
    with pytest.raises(ValidationError):
        Told(text="0123456789a")


@pytest.mark.parametrize("text", ["a\x00", "\ud800"])
def test_what_no_store_can_keep_is_refused(text: str):
    with pytest.raises(ValidationError):
        Told(text=text)


def test_blank_is_not_filled():
    with pytest.raises(ValidationError):
        Told(filled=" \n\x07 ")
