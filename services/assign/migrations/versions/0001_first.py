"""Everything assign keeps, from the first day."""

import importlib
from pathlib import Path

from alembic import op

from services.assign.base import AssignTable

revision = "0001"
down_revision = None

# Where a team stands, as metres from the earth's centre (IUGG mean radius, 6,371,008.8 m): a straight line through the
# earth grows with the great circle, so an index on it finds the nearest teams of all, and cubes know no date line.
POINT = """
alter table team add column point cube not null generated always as (cube(array[
    6371008.8 * cos(radians(lat)) * cos(radians(lon)),
    6371008.8 * cos(radians(lat)) * sin(radians(lon)),
    6371008.8 * sin(radians(lat))
])) stored
"""


def upgrade() -> None:
    for tables in sorted((Path(__file__).parents[2]).glob("*/tables.py")):
        importlib.import_module(f"services.assign.{tables.parent.name}.tables")
    op.execute("create extension if not exists cube")
    AssignTable.metadata.create_all(op.get_bind())
    op.execute(POINT)
    op.execute("create index team_point on team using gist (point) where not retired")
