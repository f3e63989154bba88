"""Messages that go on by other ways, and receipts that find them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("message", sa.Column("on_its_way_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("on_phones", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("goes_on_from", sa.Uuid(), nullable=True))
    op.create_index("message_goes_on", "message", ["goes_on_from"], postgresql_where="goes_on_from is not null")
    open_ones = "not is_applied"
    op.create_index("keptreceipt_message", "keptreceipt", ["message_id"], postgresql_where=open_ones)
    op.create_index("keptreceipt_provider", "keptreceipt", ["channel", "provider_id"], postgresql_where=open_ones)
    _add_answer_pages()


def _add_answer_pages() -> None:
    op.create_table(
        "answerpage",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
