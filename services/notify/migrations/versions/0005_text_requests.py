"""Alerts whose time has not come; conversations with people who ask for help, and the places they name.

Units that are known already get the names they have since July 2025; villages come when they are told again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.vietnam.communes import communes

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _add_later_alerts()
    _add_places()
    op.create_table(
        "asking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("questions", sa.SmallInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("commune", sa.Text(), nullable=True),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("act_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("asking_open", "asking", ["phone"], unique=True, postgresql_where="state = 'open'")
    op.create_index("asking_due", "asking", ["act_at"], postgresql_where="state = 'open'")
    op.create_index("asking_phone", "asking", ["phone", "begun_at"])


def _add_places() -> None:
    op.add_column("unit", sa.Column("full_name", sa.Text(), nullable=False, server_default=""))
    op.add_column("unit", sa.Column("former_names", sa.ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.add_column("unit", sa.Column("valid_to", sa.Date(), nullable=True))
    _name_units()
    op.create_table(
        "village",
        sa.Column("village_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("former_commune", sa.Text(), nullable=True),
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("village_id"),
    )
    op.create_index("village_commune", "village", ["commune"])


def _name_units() -> None:
    known = set(op.get_bind().execute(sa.text("select key from unit where kind = 'commune'")).scalars())
    named = [
        {"key": commune.key, "full_name": commune.full_name, "former_names": list(commune.former_names)}
        for commune in (communes() if known else ())
        if commune.key in known
    ]
    if named:
        change = sa.text("update unit set full_name = :full_name, former_names = :former_names where key = :key")
        op.get_bind().execute(change, named)


def _add_later_alerts() -> None:
    op.create_table(
        "lateralert",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alert", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("offer_id"),
    )
    op.create_index("lateralert_due", "lateralert", ["due_at"])
