"""A caller's trace goes on here, if it is one."""

import pytest
import structlog

from shared.web.trace_context import onward, trace_id

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f"00-{TRACE}-00f067aa0ba902b7-01", TRACE),
        (f"00-{TRACE}-00f067aa0ba902b7-00", TRACE),
        (f"01-{TRACE}-00f067aa0ba902b7-01-what a later version says", TRACE),
        (f"00-{TRACE}-00f067aa0ba902b7-01-more", None),
        (f"ff-{TRACE}-00f067aa0ba902b7-01", None),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", None),
        (f"00-{TRACE[:-1]}-00f067aa0ba902b7-01", None),
        ("", None),
        (None, None),
    ],
)
def test_only_what_the_standard_allows_is_taken_up(header: str | None, found: str | None) -> None:
    assert trace_id(header) == found


def test_what_is_asked_of_another_service_belongs_to_the_same_trace() -> None:
    with structlog.contextvars.bound_contextvars(correlation=TRACE):
        assert trace_id(onward()["traceparent"]) == TRACE
    with structlog.contextvars.bound_contextvars(correlation="no trace"):
        assert onward() == {}
    assert onward() == {}
