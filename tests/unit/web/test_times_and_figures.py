"""Times and numbers as people here say them."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.web import figures, times
from shared.web.languages import Translator

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
"""14:00 on a Tuesday in Vietnam."""
VIETNAMESE, ENGLISH = Translator("vi"), Translator("en")


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(hours=1, minutes=40), "trước 15:40 hôm nay"),
        (timedelta(hours=10, minutes=30), "trước 00:30 ngày mai"),
        (timedelta(days=-1), "trước 14:00 hôm qua"),
        (timedelta(days=5, hours=17, minutes=30), "trước thứ Hai, 07:30"),
        (timedelta(days=7), "trước 14:00 ngày 01/12"),
        (timedelta(days=60), "trước 14:00 ngày 23/01/2027"),
    ],
)
def test_a_promise_is_said_as_people_say_it(later: timedelta, said: str):
    assert times.before(NOW + later, NOW, VIETNAMESE) == said


def test_the_exact_time_is_there_for_whoever_wants_it():
    assert times.exact(NOW, VIETNAMESE) == "thứ Ba, 24/11/2026, 14:00:00"


@pytest.mark.parametrize(
    ("later", "vietnamese", "english"),
    [
        (timedelta(minutes=80), "còn 1 giờ 20 phút", "1 hour 20 minutes left"),
        (timedelta(minutes=-20), "quá hạn 20 phút", "20 minutes late"),
        (timedelta(days=2, hours=3, minutes=5), "còn 2 ngày 3 giờ", "2 days 3 hours left"),
        (timedelta(days=1), "còn 1 ngày", "1 day left"),
        (timedelta(seconds=30), "còn 30 giây", "30 seconds left"),
        (timedelta(minutes=59, seconds=59), "còn 1 giờ", "1 hour left"),
    ],
)
def test_what_is_left_to_a_target(later: timedelta, vietnamese: str, english: str):
    assert times.remaining(NOW + later, NOW, VIETNAMESE) == vietnamese
    assert times.remaining(NOW + later, NOW, ENGLISH) == english


def test_how_long_ago_and_how_soon():
    assert times.relative(NOW - timedelta(minutes=5), NOW, VIETNAMESE) == "5 phút trước"
    assert times.relative(NOW + timedelta(hours=2), NOW, VIETNAMESE) == "sau 2 giờ"
    assert times.relative(NOW - timedelta(seconds=3), NOW, VIETNAMESE) == "vừa xong"


@pytest.mark.parametrize(
    ("metres", "said"),
    [(0, "0 m"), (847, "850 m"), (996, "1,0 km"), (1234, "1,2 km"), (9960, "10 km"), (14_400, "14 km")],
)
def test_distances_for_a_reader(metres: float, said: str):
    assert figures.distance(metres, "vi") == said


def test_numbers_as_each_language_writes_them():
    assert (figures.number(1147, "vi"), figures.number(1147, "en")) == ("1.147", "1,147")
    assert (figures.percent(0.934, "vi"), figures.percent(None, "vi")) == ("93,4 %", "–")


def test_telephone_numbers_in_groups_and_short_ones_as_they_are():
    assert figures.phone("+84905123456") == "0905 123 456"
    assert figures.phone("1022") == "1022"
    assert figures.dial("+84905123456") == "tel:+84905123456"
