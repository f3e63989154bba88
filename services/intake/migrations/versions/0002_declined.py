"""Which teams did not take a ticket: a page does not say of them that they are being asked."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        """
        create table declined (
            id uuid primary key, code text not null, version integer not null, at timestamptz not null,
            team text not null
        )
        """
    )
    op.execute("create index declined_code on declined (code)")
