"""Calendars of units, and a number for each promise that is told."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        """
        create table unitcalendar (
            unit text not null, said jsonb not null, through integer not null, changed_at timestamptz not null,
            changed_by text not null, primary key (unit)
        )
        """
    )
    op.execute("create sequence promise_revision start 1000")
