"""How `make test` shares the tests out to its processes: by file, the longest first; who shares a house stays together.

A long file that comes last would keep one process busy and the others idle.
"""

import pytest
from xdist.scheduler import LoadFileScheduling

LONGEST_FIRST = (
    "tests/chaos/",
    "tests/service/local/test_supervisor.py",
    "tests/service/bus/test_repair.py",
    "tests/journey/month/",
    "tests/journey/test_journey.py",
    "tests/contract/",
    "tests/browser/test_assign_pages.py",
    "tests/browser/test_intake_pages.py",
    "tests/service/local/test_real_house.py",
    "tests/browser/test_journey.py",
    "tests/service/intake/test_operator_page.py",
    "tests/service/assign_tickets/test_random_lives.py",
    "tests/service/assign_reporting/test_random_figures.py",
    "tests/service/bus/",
    "tests/service/local/",
    "tests/browser/",
    "tests/service/assign_places/test_begin.py",
    "tests/service/assign_teams/test_roster.py",
    "tests/service/",
)
"""Beginnings of paths; what is named by none comes last. The first one loads the sample that other houses wait for."""
SHARE_A_HOUSE = ("tests/contract/", "tests/journey/test_trace.py")


class SharingOut(LoadFileScheduling):
    """By file, in the order of the tests; those that use one house are one file."""

    def _split_scope(self, nodeid: str) -> str:
        return "a house" if nodeid.startswith(SHARE_A_HOUSE) else super()._split_scope(nodeid)


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Longest first; within a file as they are written."""
    return sorted(items, key=lambda item: _place(item.nodeid))


def _place(nodeid: str) -> int:
    named = (place for place, start in enumerate(LONGEST_FIRST) if nodeid.startswith(start))
    return next(named, len(LONGEST_FIRST))
