"""What a request may name, and what is promised for it, by the catalogue in memory alone."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.intake.catalogue.memory import Catalogue
from services.intake.catalogue.store import Entry, Kind
from services.intake.requests.check import Checked, check
from services.intake.requests.draft import Draft
from shared.events.envelope import Event
from shared.events.places import CategoryChanged, PromiseChanged, UnitChanged, VillageChanged
from tests.service.intake.world import (
    COMMUNE,
    HOUR,
    NEIGHBOUR,
    PROVINCE,
    WEDNESDAY,
    catalogue,
    category,
    promise,
    request,
    unit,
    village,
)

TODAY = date(2026, 11, 25)
KINDS: dict[type[Event], tuple[Kind, str]] = {
    UnitChanged: ("unit", "key"),
    VillageChanged: ("village", "village_id"),
    CategoryChanged: ("category", "code"),
    PromiseChanged: ("promise", "category"),
}


def entries(*events: Event) -> list[Entry]:
    found = ((KINDS[type(event)], event.model_dump(mode="json")) for event in events)
    return [Entry(number, kind, str(facts[key]), facts) for number, ((kind, key), facts) in enumerate(found)]


@pytest.fixture
def known() -> Catalogue:
    made = Catalogue()
    made.take(entries(*catalogue()))
    return made


def draft(**changes: Any) -> Draft:
    return Draft.model_validate(request(**changes))


def test_a_reused_code_means_the_commune_of_that_day(known: Catalogue) -> None:
    old = unit("24133@2004-01-01", "Tân Lợi", "Phường Tân Lợi", valid_to=date(2025, 7, 1))
    known.take(entries(old))
    before, today = known.commune("24133", date(2025, 6, 30)), known.commune("24133", TODAY)
    assert before and before.name == "Tân Lợi"
    assert today and today.key == COMMUNE
    assert [each.key for each in known.communes(TODAY)] == [COMMUNE, NEIGHBOUR]


@pytest.mark.parametrize("query", ["buon ma thuot", "BUÔN MA", "phường Buôn Ma Thuột", "tan loi", "Tân Lợi"])
def test_a_commune_is_found_without_diacritics_and_by_its_old_name(known: Catalogue, query: str) -> None:
    assert known.search(query, TODAY, 5)[0].place.key == COMMUNE


def test_villages_stand_in_the_order_of_numbers_and_letters(known: Catalogue) -> None:
    commune = known.commune("24133", TODAY)
    assert commune
    assert [each.name for each in known.villages_of(commune)] == ["Buôn Akŏ Dhông", "Thôn 2", "Thôn 10"]


def test_a_retired_village_or_category_can_be_named_no_more(known: Catalogue) -> None:
    known.take(entries(village("v-1", "Buôn Akŏ Dhông", retired=True)))
    known.take(entries(category("payments", "Thanh toán", "Payments", 3, retired=True)))
    errors = check(draft(village_id="v-1"), known, TODAY)
    assert not isinstance(errors, Checked)
    assert set(errors) == {"village_id", "category"}


def test_a_village_that_moved_belongs_to_its_new_commune_alone(known: Catalogue) -> None:
    known.take(entries(village("v-1", "Buôn Akŏ Dhông", commune=NEIGHBOUR, revision=2)))
    old, new = known.commune("24133", TODAY), known.commune("24154", TODAY)
    assert old and new
    assert "v-1" not in [each.id for each in known.villages_of(old)]
    assert "v-1" in [each.id for each in known.villages_of(new)]


def test_the_promise_nearest_above_the_commune_counts(known: Catalogue) -> None:
    commune = known.commune("24133", TODAY)
    assert commune
    for where, hours in ((None, 2), (PROVINCE, 3), (COMMUNE, 4)):
        known.take(entries(promise("payments", unit=where, response_s=hours * HOUR)))
        found = known.promise("payments", commune, TODAY)
        assert found and found.response_s == hours * HOUR


def test_a_promise_counts_working_hours_and_an_urgent_one_every_hour(known: Catalogue) -> None:
    commune = known.commune("24133", TODAY)
    assert commune
    office, urgent = known.promise("payments", commune, TODAY), known.promise("scam_safety", commune, TODAY)
    assert office and urgent
    evening = WEDNESDAY + timedelta(hours=12)  # 21:00: two working hours end at 09:30 the next morning
    assert office.due(evening)[0] == WEDNESDAY + timedelta(hours=24, minutes=30)
    assert urgent.due(evening)[0] == evening + timedelta(minutes=30)


def test_a_pin_in_another_commune_is_fine_and_one_at_sea_is_not(known: Catalogue) -> None:
    assert isinstance(check(draft(lat=12.61, lon=108.03), known, TODAY), Checked)
    errors = check(draft(lat=12.0, lon=111.0), known, TODAY)
    assert not isinstance(errors, Checked)
    assert set(errors) == {"lat"}


def test_a_promise_counts_from_its_day_on(known: Catalogue) -> None:
    commune, tomorrow = known.commune("24133", TODAY), TODAY + timedelta(days=1)
    assert commune
    known.take(entries(promise("payments", unit=COMMUNE, response_s=HOUR, valid_from=tomorrow)))
    today, later = known.promise("payments", commune, TODAY), known.promise("payments", commune, tomorrow)
    assert today and today.unit is None and later and later.response_s == HOUR
