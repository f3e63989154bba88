"""Times as people type them at the command line."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.cli.times import moment, span
from deploy.local.failures import WrongUsage


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("+45m", timedelta(minutes=45)),
        ("+90s", timedelta(seconds=90)),
        ("+3d", timedelta(days=3)),
        ("+1h30m", timedelta(minutes=90)),
        ("45m", None),
        ("+m", None),
        ("+5w", None),
        ("-5m", None),
    ],
)
def test_a_span_is_a_plus_numbers_and_units(said: str, meant: timedelta | None) -> None:
    assert span(said) == meant


def test_a_time_without_a_zone_is_vietnams() -> None:
    assert moment("2026-11-25T09:00") == datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    assert moment("2026-11-25T09:00:00Z") == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_what_is_no_time_is_answered_with_an_example() -> None:
    with pytest.raises(WrongUsage, match="2026-11-25T09:00:00"):
        moment("soon")
