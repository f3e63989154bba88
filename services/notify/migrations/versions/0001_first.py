"""Everything notify keeps, from the first day."""

import importlib
from pathlib import Path

from alembic import op

from services.notify.base import NotifyTable

revision = "0001"
down_revision = None


def upgrade() -> None:
    for tables in sorted((Path(__file__).parents[2]).glob("*/tables.py")):
        importlib.import_module(f"services.notify.{tables.parent.name}.tables")
    NotifyTable.metadata.create_all(op.get_bind())
