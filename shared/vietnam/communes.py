"""Vietnam's provinces and communes as they are since 1 July 2025, with the names that people still say.

Read from `data/` when asked for and kept; see NOTICE for where the data comes from. Former names stand in the decree's
own words; for the fifteen districts of former Đắk Lắk the list of March 2025 adds each one's district.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from shared.vietnam.distances import Points
from shared.vietnam.former_names import former_names
from shared.vietnam.names import nfc, search_key

DATA = Path(__file__).parent / "data"
VALID_FROM = date(2025, 7, 1)
NEAR_M = 50_000.0
_KINDS = ("Đặc khu", "Phường", "Xã", "Thành phố", "Tỉnh")


@dataclass(frozen=True, slots=True)
class Province:
    """A province or a city of its rank. `name` is without its type."""

    code: str
    name: str
    full_name: str
    kind: str
    valid_from: date = VALID_FROM


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune-level unit. `lat`, `lon` (WGS 84 degrees) is a point inside it; `area_km2` is None where unknown.

    `former_names` are the units it was made of, `Xã Hòa Thắng (thành phố Buôn Ma Thuột)`; codes are reused from the
    time before, so a unit's key is its code and `valid_from`.
    """

    code: str
    name: str
    full_name: str
    kind: str
    province_code: str
    lat: float
    lon: float
    area_km2: float | None
    former_names: tuple[str, ...] = ()
    valid_from: date = VALID_FROM

    @property
    def key(self) -> str:
        """`24121@2025-07-01`."""
        return f"{self.code}@{self.valid_from.isoformat()}"


@cache
def provinces() -> tuple[Province, ...]:
    """All 34, by code."""
    return tuple(_province(row) for row in _rows("provinces_2026.csv"))


@cache
def communes(province_code: str | None = None) -> tuple[Commune, ...]:
    """The communes of one province, or all 3,321, by code."""
    with_districts = _names_with_districts()
    return tuple(
        _commune(row, with_districts.get(row["code"], ()))
        for row in _rows("communes_2026.csv")
        if province_code in (None, row["province_code"])
    )


def is_near_a_commune(lat: float, lon: float) -> bool:
    """Whether a pin can be meant: at most 50 km from the point of any commune of the country."""
    return _every_point().any_within(lat, lon, NEAR_M)


@cache
def _every_point() -> Points:
    return Points((float(row["lat"]), float(row["lon"])) for row in _rows("communes_2026.csv"))


def _province(row: dict[str, str]) -> Province:
    kind, name = _kind_and_name(row["full_name"])
    return Province(row["code"], name, nfc(row["full_name"]), kind)


def _commune(row: dict[str, str], with_districts: tuple[str, ...]) -> Commune:
    kind, _ = _kind_and_name(row["full_name"])
    return Commune(
        code=row["code"],
        name=nfc(row["name"]),
        full_name=f"{kind} {nfc(row['name'])}",
        kind=kind,
        province_code=row["province_code"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        area_km2=float(row["area_km2"]) if row["area_km2"] else None,
        former_names=_merged(with_districts, former_names(row["formed_from"])),
    )


def _merged(with_districts: tuple[str, ...], from_decree: tuple[str, ...]) -> tuple[str, ...]:
    """Both lists; a name that stands in the first is not repeated from the second."""
    told = {search_key(name.partition(" (")[0]) for name in with_districts}
    return with_districts + tuple(name for name in from_decree if search_key(name.partition(" (")[0]) not in told)


@cache
def _names_with_districts() -> dict[str, tuple[str, ...]]:
    """Commune code of today → its former communes in former Đắk Lắk, each with its district."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows("dak_lak_communes_2022.csv"):
        district = nfc(row["district"])
        found[row["commune_2026_code"]].append(f"{nfc(row['commune'])} ({district[0].lower()}{district[1:]})")
    return {code: tuple(names) for code, names in found.items()}


def _kind_and_name(full_name: str) -> tuple[str, str]:
    """`Phường Tân Lập` → `Phường`, `Tân Lập`. ValueError where no type stands in front."""
    full_name = nfc(full_name)
    for kind in _KINDS:
        if full_name.lower().startswith(f"{kind.lower()} "):
            return kind, full_name[len(kind) + 1 :]
    raise ValueError(f"a unit without its type: {full_name!r}")


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
