"""Promises of seconds, seen on a machine that others use as well."""

from collections.abc import Callable


def takes_less_than(seconds: float, attempt: Callable[[], float], times: int = 3) -> None:
    """Of so many attempts one takes less; each tells its seconds. A busy machine makes things slower, never quicker."""
    took: list[float] = []
    while len(took) < times and not (took and took[-1] < seconds):
        took.append(attempt())
    assert took[-1] < seconds, f"never less than {seconds} s: {took}"
