"""The catalogue in memory: a request is validated and promised without a question to anybody."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from services.intake.catalogue.places import Category, Commune, Promise, Village
from services.intake.catalogue.store import Entry
from shared.vietnam.distances import Points, metres_between
from shared.vietnam.place_search import Found, PlaceSearch

REACH_M = 50_000.0
"""A pin farther from every commune is a mistake."""
ABOVE_COMMUNES = ("province", "district")


class Catalogue:
    """Communes, villages, categories and promises as last told. `Holder` keeps it in step with the store."""

    def __init__(self) -> None:
        self._units: dict[str, Commune] = {}
        self._parents: dict[str, str | None] = {}
        self._communes: dict[str, list[Commune]] = {}
        self._villages: dict[str, Village] = {}
        self._of_commune: dict[str, dict[str, Village]] = {}
        self._categories: dict[str, Category] = {}
        self._promises: dict[tuple[str, str | None], dict[date, Promise]] = {}
        self._days: dict[date, _Day] = {}
        self._points: Points | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no request could be taken yet."""
        return not (self._communes and self._categories and self._promises)

    def take(self, entries: Iterable[Entry]) -> None:
        """Bring it up to date; a later entry of the same key takes the place of an earlier one."""
        take = {
            "unit": self._take_unit,
            "village": self._take_village,
            "category": self._take_category,
            "promise": self._take_promise,
        }
        for entry in entries:
            take[entry.kind](entry.key, entry.facts)
        self._days.clear()
        self._points = None

    def commune(self, code: str, day: date) -> Commune | None:
        """The commune that bears this code on that day."""
        return next((unit for unit in self._communes.get(code, ()) if unit.is_valid(day)), None)

    def commune_by_key(self, key: str) -> Commune | None:
        """Also one of the past."""
        return self._units.get(key)

    def village(self, id: str) -> Village | None:
        return self._villages.get(id)

    def villages_of(self, commune: Commune) -> Sequence[Village]:
        """In the order of the alphabet."""
        return sorted(self._of_commune.get(commune.key, {}).values(), key=lambda village: village.sort_key)

    def category(self, code: str) -> Category | None:
        return self._categories.get(code)

    @property
    def categories(self) -> Sequence[Category]:
        """In their own order."""
        return sorted(self._categories.values(), key=lambda category: (category.position, category.code))

    def promise(self, category: str, commune: Commune, day: date) -> Promise | None:
        """The promise of the commune itself, else of the nearest unit above it, else the one for everywhere."""
        unit: str | None = commune.key
        while unit:
            if found := self._begun(category, unit, day):
                return found
            unit = self._parents.get(unit)
        return self._begun(category, None, day)

    def _begun(self, category: str, unit: str | None, day: date) -> Promise | None:
        """The latest that has begun on that day."""
        told = self._promises.get((category, unit), {})
        return max(
            (promise for first, promise in told.items() if first <= day),
            key=lambda promise: promise.valid_from,
            default=None,
        )

    def is_near(self, lat: float, lon: float, commune: Commune) -> bool:
        """Whether a pin lies at most 50 km from some commune; the one named is looked at first."""
        if commune.point and metres_between(lat, lon, *commune.point) <= REACH_M:
            return True
        if self._points is None:
            self._points = Points(unit.point for unit in self._units.values() if unit.point)
        return self._points.any_within(lat, lon, REACH_M)

    def communes(self, day: date) -> Sequence[Commune]:
        """Those of that day, in the order of the alphabet."""
        return self._day(day).communes

    def search(self, query: str, day: date, most: int) -> Sequence[Found[Commune]]:
        """Communes of that day by their name or a former one, without diacritics, the best first."""
        return self._day(day).search.search(query, most)

    def _day(self, day: date) -> "_Day":
        if day not in self._days:
            self._days.clear()  # only today is asked for
            self._days[day] = _Day(unit for unit in self._units.values() if unit.is_valid(day))
        return self._days[day]

    def _take_unit(self, key: str, facts: Mapping[str, object]) -> None:
        self._parents[key] = str(facts["parent"]) if facts.get("parent") else None
        if facts["kind"] in ABOVE_COMMUNES:
            return
        unit = self._units[key] = Commune.of(facts)
        others = [other for other in self._communes.get(unit.code, ()) if other.key != key]
        self._communes[unit.code] = [unit, *others]

    def _take_village(self, key: str, facts: Mapping[str, object]) -> None:
        if old := self._villages.pop(key, None):
            self._of_commune[old.commune].pop(key)
        if not facts.get("retired"):
            village = self._villages[key] = Village.of(facts)
            self._of_commune.setdefault(village.commune, {})[key] = village

    def _take_category(self, key: str, facts: Mapping[str, object]) -> None:
        if facts.get("retired"):
            self._categories.pop(key, None)
        else:
            self._categories[key] = Category.of(facts)

    def _take_promise(self, _: str, facts: Mapping[str, object]) -> None:
        promise = Promise.of(facts)
        told = self._promises.setdefault((promise.category, promise.unit), {})
        told.pop(promise.valid_from, None)
        if not facts.get("retired"):
            told[promise.valid_from] = promise


class _Day:
    """The communes of one day, sorted and ready to be searched."""

    def __init__(self, communes: Iterable[Commune]) -> None:
        self.communes = sorted(communes, key=lambda unit: unit.sort_key)
        self.search = PlaceSearch(self.communes)
