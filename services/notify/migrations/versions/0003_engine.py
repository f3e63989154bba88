"""Messages that go on by other ways, and receipts that find them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("message", sa.Column("on_its_way_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("on_phones", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("bundled_in", sa.Uuid(), nullable=True))
    op.add_column("message", sa.Column("bundles", sa.Boolean(), nullable=False, server_default="false"))
    op.create_index("message_bundled", "message", ["bundled_in"], postgresql_where="bundled_in is not null")
    op.add_column("message", sa.Column("receipt_due", sa.DateTime(timezone=True), nullable=True))
    op.create_index("message_receipt_due", "message", ["receipt_due"], postgresql_where="receipt_due is not null")
    op.create_table(
        "channeltokens",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.add_column("message", sa.Column("goes_on_from", sa.Uuid(), nullable=True))
    op.create_index("message_goes_on", "message", ["goes_on_from"], postgresql_where="goes_on_from is not null")
    open_ones = "not is_applied"
    op.create_index("keptreceipt_message", "keptreceipt", ["message_id"], postgresql_where=open_ones)
    op.create_index("keptreceipt_provider", "keptreceipt", ["channel", "provider_id"], postgresql_where=open_ones)
    op.add_column("message", sa.Column("encoding", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("price", sa.Integer(), nullable=True))
    _add_answer_pages()
    _add_costs()


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


def _add_costs() -> None:
    op.create_table(
        "tariff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("price_vnd", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "budget",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("monthly_vnd", sa.BigInteger(), nullable=False),
        sa.Column("warned_month", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("unit"),
    )
    op.create_table(
        "spent",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "month", "channel"),
    )
