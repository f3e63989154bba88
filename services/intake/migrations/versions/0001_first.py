"""The first tables."""

from alembic import op

import services.intake.catalogue.store
import services.intake.limits
import services.intake.tracking.store  # noqa: F401
from services.intake.base import IntakeTable

revision = "0001"
down_revision = None


def upgrade() -> None:
    IntakeTable.metadata.create_all(op.get_bind())
