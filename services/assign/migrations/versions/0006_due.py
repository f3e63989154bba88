"""What is due by kind, so that a heap of one is not read through to find the other."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for name, kind in (("ticket_step", "not in"), ("ticket_ask", "in")):
        op.execute(
            f"create index {name} on ticket (next_at, response_due) where next_action {kind} ('widen', 'look_again')"
        )
    op.execute("drop index ticket_due")
