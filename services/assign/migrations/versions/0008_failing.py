"""Tickets whose next action fails are known to every process, not only to the one in which it failed."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(
        """
        create table failingaction (
            code text primary key, since timestamptz not null, last timestamptz not null, error text not null
        )
        """
    )
