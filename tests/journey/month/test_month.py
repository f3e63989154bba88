"""3.9: five hundred requests over a month of nights, weekends and New Year; every figure is the test's own sum."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journey.month.plan import END, make_plan
from tests.journey.month.play import Json, Month
from tests.journey.month.sums import COUNTS, rows
from tests.support.house import own_house

pytestmark = pytest.mark.slow
WHOLE = ("2026-12-15", "2027-01-15")
PERIODS = [WHOLE, ("2026-12-28", "2027-01-03"), ("2027-01-01", "2027-01-01")]
WHAT_PEOPLE_DO = ("decline", "start", "wait", "go on", "finish", "reopen", "give back", "rate", "cancel", "close")
BY = ("unit", "team", "category", "channel", "day")


@pytest.fixture(scope="module")
def month(run_folder: Path) -> Iterator[Month]:
    """A house in which the month was played."""
    with own_house(run_folder) as house:
        played = Month(house, make_plan())
        try:
            played.play()
            yield played
        finally:
            played.close()


def test_everything_happened_that_happens_in_a_month(month: Month) -> None:
    happened = Counter(done.what for case in month.cases for done in case.did)
    assert happened["ask"] == 500
    for what in (*WHAT_PEOPLE_DO, "reassign"):
        assert happened[what] >= 5, happened
    assert {"closed", "cancelled", "resolved", "started", "waiting"} <= {case.status for case in month.cases}


def test_each_ticket_stands_where_the_test_left_it(month: Month) -> None:
    as_told = {"started": "in_progress"}
    for case in month.cases:
        assert case.ticket["status"] == as_told.get(case.status, case.status), (case.code, case.did)
        assert case.ticket["team"] == case.team, (case.code, case.did)


@pytest.mark.parametrize(("first", "last"), PERIODS)
@pytest.mark.parametrize("by", BY)
def test_every_figure_is_the_tests_own_sum(month: Month, by: str, first: str, last: str) -> None:
    found = {row["key"]: row for row in month.metrics(by, **{"from": first, "to": last})["rows"]}
    own = rows(month.cases, by, first, last, END)
    for key, sums in own.items():
        _same(found.get(key, {}), sums, f"{by} {key}")
    assert sum(row["submitted"] for row in found.values()) == sum(row["submitted"] for row in own.values())


def test_communes_add_up_to_the_province_and_days_to_the_month(month: Month) -> None:
    days = {"from": WHOLE[0], "to": WHOLE[1]}
    communes, kinds, each_day = (month.metrics(by, **days)["rows"] for by in ("unit", "category", "day"))
    for figure in set(COUNTS) & set(communes[0]):
        sums = {sum(row[figure] for row in one) for one in (communes, kinds)}
        assert len(sums) == 1, figure
        if figure != "open":
            assert sums == {sum(row[figure] for row in each_day)}, figure
    for clock in ("response", "resolution"):
        for verdict in ("met", "missed"):
            assert len({sum(row[clock][verdict] for row in one) for one in (communes, kinds, each_day)}) == 1


def test_the_supervisors_page_says_the_same(month: Month) -> None:
    query = {"by": "day", "from": WHOLE[0], "to": WHOLE[1]}
    answer = month.browser.get("/supervisor/figures", params=query)
    assert answer.status_code == 200, answer.text
    shown, own = _table(answer.text), rows(month.cases, "day", *WHOLE, END)
    known = {f"{day[8:]}/{day[5:7]}/{day[:4]}": day for day in map(str, own)}
    assert len(set(known) & set(shown)) > 25, shown
    for name in set(known) & set(shown):
        sums, cells = own[known[name]], shown[name]
        assert cells[0] == str(sums["submitted"]), name
        for clock in ("response", "resolution"):
            counted = sums[clock]["met"] + sums[clock]["missed"]
            in_time = f"{sums[clock]['met']}/{counted}"
            assert not counted or any(in_time in cell for cell in cells), (name, in_time, cells)


def _table(page: str) -> dict[str, list[str]]:
    """The cells of each row by its name, tags left out."""
    found: dict[str, list[str]] = {}
    for row in re.findall(r"<tr.*?>(.*?)</tr>", page, re.DOTALL):
        cells = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.split(r"<t[dh][ >]", row)[1:]]
        name, *rest = [cell.rpartition(">")[2].strip() for cell in cells] or [""]
        found.setdefault(name, rest)
    return found


def _same(row: Json, sums: Json, what: str) -> None:
    for name, value in sums.items():
        if isinstance(value, dict):
            nothing = dict.fromkeys(value) | {"met": 0, "missed": 0}
            assert row.get(name, nothing) == pytest.approx(value, abs=0.01), f"{what} {name}"
        elif name in row or not row:
            assert row.get(name, 0 if name in COUNTS else None) == value, f"{what} {name}"
