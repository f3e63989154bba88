"""Alerts whose time has not come."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "lateralert",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alert", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("offer_id"),
    )
    op.create_index("lateralert_due", "lateralert", ["due_at"])
