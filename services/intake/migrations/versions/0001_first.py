"""The first tables."""

from alembic import op

from services.intake.app import TABLES  # noqa: F401  (imports every table)
from services.intake.base import IntakeTable

revision = "0001"
down_revision = None


def upgrade() -> None:
    IntakeTable.metadata.create_all(op.get_bind())
