"""What an empty store is given at its first start: the duties, and the sample province where one is wished for.

A sample is a folder of CSV files that whoever runs the service provides (`caunoi run` does): a roster as an office
would send it, `teams.csv` and `members.csv`, and `supervisors.csv` (`unit_code, full_name, phone`).
"""

import csv
import io
from datetime import datetime
from pathlib import Path

import structlog

from services.assign.places import store as places
from services.assign.places.national import province_with_communes
from services.assign.places.start import begin_catalogue
from services.assign.teams import store as teams
from services.assign.teams.roster.take_in import Files, take_in
from services.assign.teams.tables import Supervisor
from services.assign.teams.watchers import TeamWatchers
from shared.settings import Settings
from shared.store import Store, Unit, new_id

PROVINCES = {"dak_lak": "66"}
"""Sample provinces by name, with their codes."""

log = structlog.get_logger()


async def is_needed(store: Store, settings: Settings) -> bool:
    """Whether the store still lacks what it begins with."""
    async with store.read() as connection:
        lacks_sample = bool(settings.sample) and not await places.has_units(connection)
        return lacks_sample or not await places.has_categories(connection)


async def begin(store: Store, settings: Settings, at: datetime) -> None:
    """Fill an empty store: all of it in one transaction, once, whatever crashes or starts twice."""
    async with store.begin() as unit:
        await begin_catalogue(unit, at)
        if settings.sample and not await places.has_units(unit.connection):
            await _load_sample(unit, PROVINCES[settings.sample], sample_folder(settings), at)


def sample_folder(settings: Settings) -> Path:
    """Where the sample's files lie."""
    return settings.caunoi_home / "sample" / str(settings.sample)


async def _load_sample(unit: Unit, province: str, folder: Path, at: datetime) -> None:
    await places.add_units(unit, province_with_communes(province), at)
    files = Files((folder / "teams.csv").read_bytes(), (folder / "members.csv").read_bytes())
    report = await take_in(unit, files, at, TeamWatchers())
    await _add_supervisors(unit, (folder / "supervisors.csv").read_text(encoding="utf-8"), at)
    log.info("sample.loaded", province=province, people_and_teams=report.created)


async def _add_supervisors(unit: Unit, content: str, at: datetime) -> None:
    rows = list(csv.DictReader(io.StringIO(content)))
    units = await places.units_by_code(unit.connection, {row["unit_code"] for row in rows})
    watching = [
        Supervisor(
            id=str(new_id()),
            unit=units[row["unit_code"]].key,
            unit_code=row["unit_code"],
            full_name=row["full_name"],
            phone=row["phone"],
        )
        for row in rows
    ]
    await teams.add_supervisors(unit, watching, {code: found.path for code, found in units.items()}, at)
