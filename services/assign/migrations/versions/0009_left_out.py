"""Which teams a ticket is not brought to again: kept with it, for a team may leave it without an offer that says so."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("alter table ticket add column left_out text[] not null default '{}'")
    op.execute(
        """
        update ticket set left_out = declined.teams
        from (
            select code, array_agg(distinct team) as teams from offer where outcome = 'declined' group by code
        ) declined
        where declined.code = ticket.code and ticket.status not in ('closed', 'cancelled')
        """
    )
