"""Many tickets that fall due at one moment, of every kind, on a table that holds many more; and what comes of them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from shared.store import Unit
from shared.store.lean import fetch
from tests.support.assign import WEDNESDAY, World

TEAMS, COMMUNES = 200, 100
WIDEN = timedelta(minutes=20)

_TEAMS = """
    insert into team (code, name, commune, commune_code, unit_path, province, lat, lon, skills, speaks, reachable,
        capacity, open_offers, accepted, retired, notes, revision)
    select 't' || n, 'Tổ ' || n, commune, commune_code, unit_path, province, lat + n * 0.0001, lon, skills, speaks,
        true, 1000000, 0, 0, false, '{}', 1
    from team, generate_series(1, $1) n where code = 'first'"""
_LEADERS = """
    insert into member (id, team_code, full_name, phone, role, skills, languages, shows_phone, wake, notes, retired,
        revision)
    select 'L-t' || n, 't' || n, 'Người ' || n, '+8491' || lpad(n::text, 7, '0'), 'leader', '{}', '{}', true, true,
        '{}', false, 1
    from generate_series(1, $1) n"""
_SUPERVISORS = """
    insert into supervisor (id, unit, unit_code, full_name, phone, retired, revision)
    select 's-c' || n, 'c' || n, 'c' || n, 'Người trực', '+8481' || lpad(n::text, 7, '0'), false, 1
    from generate_series(1, $1) n"""
_COPIES = """
    insert into ticket select made.* from ticket like_this, generate_series($2::int, $3::int) n,
    lateral jsonb_populate_record(like_this, jsonb_build_object('code', ($4::int + n)::text,
        'unit_path', jsonb_build_array('66', 'c' || n % $5::int + 1), 'commune_code', 'c' || n % $5::int + 1)
        || {changes}) made
    where like_this.code = $1"""
_OFFERS = """
    insert into offer (id, code, team, team_name, metres, open, at, ring_at, outcome)
    select gen_random_uuid(), code, 't' || code::bigint % $1 + 1, 'Tổ', 100, 0, submitted_at, submitted_at, 'open'
    from ticket where status = 'offered' and code <> all($2)"""

_LATE = "'next_action', 'response_breached', 'next_at', to_jsonb(like_this.response_due), 'widen_at', null"
KINDS: dict[str, tuple[float, str, dict[str, int]]] = {
    "late, asked": (
        0.5,
        f"""jsonb_build_object({_LATE}, 'seeking', true, 'marks',
            jsonb_build_object('response_warned', 'x', 'asked_all', 'x'))""",
        {"clocks.breached": 1, "tickets.escalated": 2},
    ),
    "late, nobody asked": (
        0.2,
        f"""jsonb_build_object({_LATE}, 'status', 'unrouted', 'unrouted_reason', 'no_team_near', 'seeking', true,
            'marks',
            jsonb_build_object('response_warned', 'x'))""",
        {"clocks.breached": 1, "tickets.escalated": 1},
    ),
    "nearly late": (
        0.1,
        """jsonb_build_object('status', 'accepted', 'team', 't' || n % 200 + 1, 'team_name', 'Tổ', 'member', 'M',
            'response_met_at', like_this.submitted_at, 'widen_at', null, 'next_action', 'resolution_warned',
            'next_at', to_jsonb(like_this.response_due))""",
        {"clocks.warned": 1},
    ),
    "resolved three days ago": (
        0.1,
        """jsonb_build_object('status', 'resolved', 'team', 't1', 'resolved_at', like_this.submitted_at,
            'response_met_at', like_this.submitted_at, 'resolution_met_at', like_this.submitted_at, 'widen_at', null,
            'next_action', 'close', 'next_at', to_jsonb(like_this.response_due))""",
        {"tickets.closed": 1},
    ),
    "an appointment": (
        0.05,
        """jsonb_build_object('status', 'waiting', 'team', 't1', 'member', 'M',
            'response_met_at', like_this.submitted_at,
            'pauses', jsonb_build_array(jsonb_build_array(like_this.submitted_at, null)), 'widen_at', null,
            'waiting_until', to_jsonb(like_this.response_due), 'next_action', 'resume',
            'next_at', to_jsonb(like_this.response_due))""",
        {"tickets.resumed": 1},
    ),
    "silent": (0.05, "jsonb_build_object()", {"tickets.widened": 1}),
}
"""Of each kind: its share, what makes a copied ticket such a one, and the events that its one visit must cause."""
_CLOSED = """jsonb_build_object('status', 'closed', 'next_action', null, 'next_at', null, 'widen_at', null,
    'ended_at', to_jsonb(like_this.submitted_at), 'submitted_at', like_this.submitted_at - n * interval '1 second')"""
_EVENTS = "select headers->>'ce-type' as type, count(*) from outbox group by 1"
_TWICE = """
    select count(*) from (select 1 from change
    group by code, event, facts->>'level' having count(*) > 1) twice"""
_NUMBERS = """
    select (select count(*) from ticket where next_at <= :now) as left,
        (select count(*) from change) as changes,
        (select count(*) from outbox) as owed,
        (select count(distinct about) from outbox) as tickets"""


async def fill(world: World, due: int, closed: int) -> datetime:
    """The moment at which so many are due; nothing else has happened in the world."""
    await world.team("first", metres=50, capacity=1_000_000)
    async with world.store.begin() as unit:
        for statement, number in ((_TEAMS, TEAMS), (_LEADERS, TEAMS), (_SUPERVISORS, COMMUNES)):
            await fetch(unit.connection, statement, number)
    late = await _asked(world, WEDNESDAY)
    moment = (await world.ticket(late)).response_due
    silent = await _asked(world, moment - WIDEN)
    first = 1
    async with world.store.begin() as unit:
        for kind, (share, changes, _) in KINDS.items():
            last = first + round(due * share) - 1
            template = silent if kind == "silent" else late
            await _copy(unit, changes, template, first, last, 500_000_000)
            first = last + 1
        await _copy(unit, _CLOSED, late, 1, closed, 800_000_000)
        await fetch(unit.connection, _OFFERS, TEAMS, [late, silent])
        await fetch(unit.connection, "delete from ticket where code = any($1)", [late, silent])
        for table in ("outbox", "change"):
            await fetch(unit.connection, f"delete from {table}")
    async with world.store.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("vacuum analyze"))
    return moment + timedelta(seconds=1)


def expected(due: int) -> dict[str, int]:
    """How many events of each type they must cause."""
    found: dict[str, int] = {}
    for share, _, events in KINDS.values():
        for event, number in events.items():
            found[event] = found.get(event, 0) + number * round(due * share)
    return found


async def complaints(world: World, due: int, now: datetime) -> list[str]:
    """What was skipped, starved or doubled; empty where all is well."""
    async with world.store.read() as connection:
        events = {row.type: row.count for row in await connection.execute(text(_EVENTS))}
        twice = await connection.scalar(text(_TWICE))
        numbers = (await connection.execute(text(_NUMBERS), {"now": now})).mappings().one()
    told = sum(expected(due).values())
    seen: list[tuple[str, Any, Any]] = [
        ("events", events, expected(due)),
        ("steps done twice", twice, 0),
        ("left", numbers["left"], 0),
        ("history", numbers["changes"], told),
        ("outbox rows", numbers["owed"], told),
        ("tickets", numbers["tickets"], due),
    ]
    return [f"{name}: {found}, not {wanted}" for name, found, wanted in seen if found != wanted]


async def _asked(world: World, at: datetime) -> str:
    world.clock.set_now(at)
    return await world.ask(at=at)


async def _copy(unit: Unit, changes: str, template: str, first: int, last: int, base: int) -> None:
    await fetch(unit.connection, _COPIES.replace("{changes}", changes), template, first, last, base, COMMUNES)
