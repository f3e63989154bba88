"""What a phone was sent lately, however much waits for it."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("message_lately", "message", ["phone", "sent_at"], postgresql_where="sent_at is not null")
