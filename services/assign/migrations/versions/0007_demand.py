"""Whose each asking was by place, so that one can see whether work spreads among teams alike in demand."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute(
        """
        create table demand (
            team text not null, at timestamptz not null, code text not null, part double precision not null,
            primary key (team, at, code)
        )
        """
    )
