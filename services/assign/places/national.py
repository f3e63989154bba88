"""Vietnam's own units, as they are since July 2025, as rows of the store."""

from collections.abc import Collection

from services.assign.places.tables import AdministrativeUnit
from shared.vietnam import communes
from shared.vietnam.communes import Commune, Province
from shared.vietnam.names import sort_key


def provinces_of(commune_codes: Collection[str]) -> list[AdministrativeUnit]:
    """Every province that has one of these communes, each with all of its communes; codes of none are passed over."""
    wanted = {commune.province_code for commune in communes.communes() if commune.code in commune_codes}
    return [unit for code in sorted(wanted) for unit in province_with_communes(code)]


def province_with_communes(code: str) -> list[AdministrativeUnit]:
    """A province, first, and its communes. LookupError where no province has this code."""
    province = next((found for found in communes.provinces() if found.code == code), None)
    if province is None:
        raise LookupError(f"no province has the code {code}")
    key = f"{province.code}@{province.valid_from.isoformat()}"
    return [_province(province, key), *(_commune(commune, key) for commune in communes.communes(code))]


def _province(province: Province, key: str) -> AdministrativeUnit:
    return AdministrativeUnit(
        key=key,
        code=province.code,
        valid_from=province.valid_from,
        name=province.name,
        full_name=province.full_name,
        kind="province",
        path=[province.code],
        province=province.code,
        sort_key=sort_key(province.name),
    )


def _commune(commune: Commune, parent: str) -> AdministrativeUnit:
    return AdministrativeUnit(
        key=commune.key,
        code=commune.code,
        valid_from=commune.valid_from,
        name=commune.name,
        full_name=commune.full_name,
        kind="commune",
        parent=parent,
        path=[commune.province_code, commune.code],
        province=commune.province_code,
        lat=commune.lat,
        lon=commune.lon,
        former_names=list(commune.former_names),
        sort_key=sort_key(commune.name),
    )
