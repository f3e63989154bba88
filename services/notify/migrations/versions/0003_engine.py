"""Messages that go on by other ways, and receipts that find them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("message", sa.Column("on_its_way_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("goes_on_from", sa.Uuid(), nullable=True))
    op.create_index("message_goes_on", "message", ["goes_on_from"], postgresql_where="goes_on_from is not null")
    open_ones = "not is_applied"
    op.create_index("keptreceipt_message", "keptreceipt", ["message_id"], postgresql_where=open_ones)
    op.create_index("keptreceipt_provider", "keptreceipt", ["channel", "provider_id"], postgresql_where=open_ones)
