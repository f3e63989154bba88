"""Channels with addresses, receipts and ids of their own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _add_to_messages()
    op.add_column("reply", sa.Column("channel_key", sa.Text(), nullable=True))
    op.add_column("reply", sa.Column("address", sa.Text(), nullable=True))
    op.create_index(
        "reply_key", "reply", ["channel", "channel_key"], unique=True, postgresql_where="channel_key is not null"
    )
    op.create_table(
        "linkedaddress",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_bad", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "phone"),
        sa.UniqueConstraint("kind", "address", name="linkedaddress_address"),
    )
    op.create_table(
        "keptreceipt",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("address_is_bad", sa.Boolean(), nullable=False),
        sa.Column("is_applied", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "key"),
    )
    op.create_index("keptreceipt_open", "keptreceipt", ["kept_at"], postgresql_where="not is_applied")


def _add_to_messages() -> None:
    op.add_column("message", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("template", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("slots", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.add_column("message", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("message", sa.Column("provider_id", sa.Text(), nullable=True))
    op.create_index(
        "message_provider", "message", ["channel", "provider_id"], postgresql_where="provider_id is not null"
    )
