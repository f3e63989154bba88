"""Against machines that answer each other: the same text to the same number more than five times in half an hour.

About the same ticket: six people of a village who ask the same are no loop.
"""

from datetime import timedelta

MOST = 5
WITHIN = timedelta(minutes=30)


def loops(same_before: int) -> bool:
    """`same_before`: how often this very text went to this number within `WITHIN`."""
    return same_before >= MOST
