"""Figures kept ready with each change of a ticket."""

from alembic import op

revision = "0005"
down_revision = "0004"

_HAPPENED = [
    "submitted",
    "opened",
    "offers",
    "declined",
    "silent",
    "unrouted",
    "reopened",
    "resolved",
    "ratings",
    "stars",
]
_STANDS = [
    f"{clock}_{of}" for clock in ("response", "resolution") for of in ("met", "missed", "running", "timed", "us")
]
_COUNTS = ", ".join(f"{field} bigint not null" for field in (*_HAPPENED, *_STANDS))


def upgrade() -> None:
    op.execute(
        """
        alter table ticket
            add column counted jsonb,
            add column response_worked_s double precision, add column resolution_worked_s double precision
        """
    )
    op.execute(
        """
        create table counted_change (
            id bigint generated always as identity primary key,
            unit_path text[] not null, category text not null, channel text not null, team text, entries jsonb not null
        )
        """
    )
    op.execute(
        f"""
        create table counted_day (
            unit text not null, by text not null, key text not null, day date not null, {_COUNTS},
            response_times numeric not null, resolution_times numeric not null, primary key (unit, by, key, day)
        )
        """
    )
    op.execute(
        """
        create table counted_open (
            unit text not null, by text not null, key text not null, open bigint not null,
            primary key (unit, by, key)
        )
        """
    )
    op.execute("create index counted_day_by on counted_day (unit, by, day)")
    op.execute("create index ticket_commune_response on ticket (commune_code, response_due)")
    op.execute("create index ticket_commune_resolution on ticket (commune_code, resolution_due)")
    op.execute(
        """
        create index ticket_response_runs on ticket (response_due)
        where response_met_at is null and ended_at is null
        """
    )
    op.execute(
        """
        create index ticket_resolution_runs on ticket (resolution_due)
        where resolution_met_at is null and ended_at is null
        """
    )
    op.execute("create index ticket_uncounted on ticket (code) where counted is null")
    op.execute("drop index if exists ticket_response_due, ticket_resolution_due, ticket_ended")
