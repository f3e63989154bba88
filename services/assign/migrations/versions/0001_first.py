"""Everything assign keeps, from the first day."""

from alembic import op

revision = "0001"
down_revision = None


STATEMENTS = (
    # places
    """
    create table administrativeunit (
        key text not null, code text not null, valid_from date not null, valid_to date, name text not null,
        full_name text not null, kind text not null, parent text, path text[] not null, province text not null,
        lat double precision, lon double precision, former_names text[] not null, sort_key text not null,
        revision integer not null, primary key (key)
    )
    """,
    "create index administrativeunit_code on administrativeunit (code, valid_from)",
    "create index administrativeunit_parent on administrativeunit (parent)",
    """
    create table village (
        id text not null, commune text not null, name text not null, former_commune text, team_code text,
        lat double precision, lon double precision, retired boolean not null, sort_key text not null,
        revision integer not null, primary key (id)
    )
    """,
    "create index village_commune on village (commune)",
    """
    create table category (
        code text not null, name_vi text not null, name_en text not null, position integer not null,
        urgent boolean not null, retired boolean not null, revision integer not null, primary key (code)
    )
    """,
    """
    create table policy (
        category text not null, response_s double precision not null, resolution_s double precision not null,
        urgent boolean not null, calendar jsonb not null, widen_s double precision not null,
        first_teams integer not null, reach_m double precision not null, revision integer not null,
        primary key (category)
    )
    """,
    # teams
    """
    create table team (
        code text not null, name text not null, commune text not null, commune_code text not null,
        unit_path text[] not null, province text not null, village_id text, lat double precision not null,
        lon double precision not null, skills text[] not null, speaks text[] not null, reachable boolean not null,
        capacity integer not null, open_offers integer not null, accepted integer not null,
        last_offer_at timestamptz, hours jsonb, retired boolean not null, notes jsonb not null,
        revision integer not null, primary key (code)
    )
    """,
    "create index team_commune on team (commune)",
    "create index team_village on team (village_id)",
    """
    create table member (
        id text not null, member_code text, team_code text not null, full_name text not null, phone text not null,
        role text not null, skills text[] not null, languages text[] not null, shows_phone boolean not null,
        wake boolean not null, bad_address_since timestamptz, stopped_at timestamptz, notes jsonb not null,
        retired boolean not null, revision integer not null, primary key (id)
    )
    """,
    "create unique index member_code on member (member_code)",
    "create index member_phone on member (phone)",
    "create index member_team on member (team_code)",
    """
    create table supervisor (
        id text not null, unit text not null, unit_code text not null, full_name text not null,
        phone text not null, retired boolean not null, revision integer not null, primary key (id)
    )
    """,
    "create index supervisor_phone on supervisor (phone)",
    "create index supervisor_unit on supervisor (unit_code)",
    """
    create table signinlink (
        id text not null, principal jsonb not null, expires_at timestamptz not null, used_at timestamptz,
        primary key (id)
    )
    """,
    # tickets
    """
    create table ticket (
        code text not null, version integer not null, status text not null, category text not null,
        urgent boolean not null, channel text not null, language text not null, requests uuid[] not null,
        province text not null, commune text not null, commune_code text not null, commune_name text not null,
        village_id text, village_name text, former_commune text, unit_path text[] not null,
        lat double precision not null, lon double precision not null, near text not null,
        submitted_at timestamptz not null, policy jsonb not null, pauses jsonb not null,
        response_due timestamptz not null, response_met_at timestamptz, response_breached_at timestamptz,
        resolution_due timestamptz not null, resolution_met_at timestamptz, resolution_breached_at timestamptz,
        marks jsonb not null, next_action text, next_at timestamptz, widen_at timestamptz,
        seeking boolean not null, unrouted_reason text, team text, team_name text, member text, word text,
        accepted_at timestamptz, waiting_until timestamptz, resolved_at timestamptz, outcome text,
        ended_at timestamptz, reopened integer not null, stars integer, comment text, primary key (code),
        constraint ticket_has_next_action check (status in ('closed', 'cancelled') or next_at is not null)
    )
    """,
    "create index ticket_commune on ticket (commune_code, submitted_at)",
    "create index ticket_due on ticket (next_at, response_due) where next_at is not null",
    "create index ticket_ended on ticket (ended_at) where ended_at is not null",
    "create index ticket_resolution_due on ticket (resolution_due)",
    "create index ticket_response_due on ticket (response_due)",
    "create index ticket_seeking on ticket (commune) where seeking",
    "create index ticket_seeking_near on ticket (lat, lon) where seeking",
    "create index ticket_status on ticket (status, response_due)",
    "create index ticket_submitted on ticket (submitted_at, code)",
    "create index ticket_team on ticket (team, status)",
    "create index ticket_unit on ticket using gin (unit_path)",
    """
    create table ticket_request (
        id uuid not null, code text not null, phone text not null, requester_name text, description text not null,
        channel text not null, language text not null, submitted_at timestamptz not null,
        revision integer not null, primary key (id)
    )
    """,
    "create index ticket_request_code on ticket_request (code)",
    "create index ticket_request_phone on ticket_request (phone)",
    """
    create table change (
        id bigint generated always as identity, code text not null, version integer not null,
        at timestamptz not null, event text not null, status text not null, actor_kind text not null,
        actor_id text, note text, facts jsonb not null, primary key (id)
    )
    """,
    "create index change_code on change (code, id)",
    "create index change_event on change (event, at)",
    """
    create table wrong_guess (
        id bigint generated always as identity, code text not null, address text not null,
        at timestamptz not null, primary key (id)
    )
    """,
    "create index wrong_guess_address on wrong_guess (address, at)",
    "create index wrong_guess_code on wrong_guess (code, at)",
    # offers
    """
    create table offer (
        id uuid not null, code text not null, team text not null, team_name text not null,
        metres double precision not null, open double precision not null, at timestamptz not null,
        ring_at timestamptz not null, outcome text not null, reason text, ended_at timestamptz, primary key (id)
    )
    """,
    "create index offer_code on offer (code, at)",
    "create unique index offer_open on offer (team, code) where outcome = 'open'",
    "create index offer_team on offer (team, at)",
    """
    create table consideration (
        id bigint generated always as identity, code text not null, at timestamptz not null,
        candidates jsonb not null, primary key (id)
    )
    """,
    "create index consideration_code on consideration (code, id)",
    # bookkeeping, alike in every service
    """
    create table outbox (
        id uuid not null, position bigint generated always as identity, stream text not null,
        subject text not null, about text not null, headers jsonb not null, body bytea not null,
        created_at timestamptz not null, published_at timestamptz, incarnation timestamptz, sequence bigint,
        primary key (id)
    )
    """,
    "create index outbox_about on outbox (about)",
    "create index outbox_owed on outbox (position) where published_at is null",
    "create index outbox_place on outbox (stream, sequence)",
    """
    create table inbox (
        consumer text not null, event_id uuid not null, type text not null, about text not null,
        received_at timestamptz not null, primary key (consumer, event_id)
    )
    """,
    "create index inbox_about on inbox (about)",
    "create index inbox_age on inbox (received_at)",
    """
    create table dead_letter (
        id uuid not null, consumer text not null, event_id text not null, subject text not null, about text,
        headers jsonb not null, body bytea not null, reason text not null, deliveries integer not null,
        died_at timestamptz not null, retried_at timestamptz, primary key (id)
    )
    """,
    "create unique index dead_letter_event on dead_letter (consumer, event_id)",
)
"""One at a time, as asyncpg wants it. Changes from here on are files of their own."""

POINT = """
    alter table team add column point cube not null generated always as (cube(array[
        6371008.8 * cos(radians(lat)) * cos(radians(lon)),
        6371008.8 * cos(radians(lat)) * sin(radians(lon)),
        6371008.8 * sin(radians(lat))
    ])) stored
"""
"""Where a team stands, as metres from the earth's centre (IUGG mean radius). A straight line through the earth grows
with the great circle, so an index on it finds the nearest teams of all; and cubes know no date line."""


def upgrade() -> None:
    op.execute("create extension if not exists cube")
    for statement in STATEMENTS:
        op.execute(statement)
    op.execute(POINT)
    op.execute("create index team_point on team using gist (point) where not retired")
