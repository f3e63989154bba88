"""`caunoi trace CODE`: where a ticket is, and why: its whole story across the three stores, in order of time.

Read from the stores, so that it works while services are down. It says nobody's name, number or words.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.cli import times
from deploy.cli.running import Running, known_installation
from deploy.local.failures import CannotStart
from shared.codes import parse_code, spoken

Row = dict[str, Any]

_INTAKE = """
select json_build_object(
  'requests', (select coalesce(json_agg(r), '[]') from (
     select id, channel, category, commune, village_id, lat is not null as pinned, joined, revision, submitted_at,
            response_due, resolution_due from request where code = '{code}' order by submitted_at limit 50) r),
  'status', (select row_to_json(s) from (select status, version, team, changed_at from ticketstatus
     where code = '{code}') s),
  'outbox', {outbox}, 'inbox', {inbox}, 'dead', {dead})
"""
_ASSIGN = """
select json_build_object(
  'ticket', (select row_to_json(t) from (select status, version, category, unit_path, village_name, team, team_name,
     member, next_action, next_at, response_due, response_met_at, response_breached_at, resolution_due,
     resolution_met_at, resolution_breached_at, unrouted_reason, seeking from ticket where code = '{code}') t),
  'changes', (select coalesce(json_agg(c), '[]') from (select at, event, status, version, actor_kind, facts
     from change where code = '{code}' order by id limit 500) c),
  'offers', (select coalesce(json_agg(o), '[]') from (select team, team_name, metres, open, at, outcome, reason,
     ended_at from offer where code = '{code}' order by at, id limit 200) o),
  'outbox', {outbox}, 'inbox', {inbox}, 'dead', {dead})
"""
_NOTIFY = """
select json_build_object(
  'messages', (select coalesce(json_agg(m), '[]') from (
     select id, alert, channel, state, reason, resent, parts, team, person is not null as staff, created_at, sent_at,
            delivered_at, tries as attempts
     from message where code = '{code}' order by created_at limit 200) m),
  'replies', (select coalesce(json_agg(r), '[]') from (select at, word from reply
     where code = '{code}' order by at limit 100) r),
  'outbox', {outbox}, 'inbox', {inbox}, 'dead', {dead})
"""
_OUTBOX = """(select coalesce(json_agg(o), '[]') from (
     select id, headers->>'ce-type' as type, headers->>'ce-time' as at, stream, sequence, published_at
     from outbox where about = '{code}' order by position limit 500) o)"""
_INBOX = """(select coalesce(json_agg(i), '[]') from (
     select consumer, event_id, type, received_at from inbox where about = '{code}' limit 1000) i)"""
_DEAD = """(select coalesce(json_agg(d), '[]') from (
     select consumer, subject, reason, died_at from dead_letter where about = '{code}' limit 100) d)"""
_STORES = {"intake": _INTAKE, "assign": _ASSIGN, "notify": _NOTIFY}


@dataclass(frozen=True, order=True)
class Line:
    """Something that happened: when, in which service, and what."""

    at: datetime
    service: str
    text: str


def trace(text: str, say: Callable[[str], None]) -> None:
    """Print the story. Raises `CannotStart` where there is no such ticket."""
    code = parse_code(text)
    if code is None:
        raise CannotStart(f"{text} is no code: nine digits, the last a check digit, such as 482 915 307.")
    found = {service: _read(known_installation(), service, code) for service in _STORES}
    if not found["intake"]["requests"] and not found["assign"]["ticket"]:
        raise CannotStart(f"No request and no ticket has the code {spoken(code)}.")
    for line in [*_head(code, found), "", *_story(found), "", *_foot(found)]:
        say(line)


def _read(running: Running, service: str, code: str) -> Row:
    parts = {"outbox": _OUTBOX, "inbox": _INBOX, "dead": _DEAD}
    pieces = {name: statement.format(code=code) for name, statement in parts.items()}
    return json.loads(running.postgres.run_sql(_STORES[service].format(code=code, **pieces), service))


def _head(code: str, found: dict[str, Row]) -> Iterator[str]:
    ticket, copy = found["assign"]["ticket"], found["intake"]["status"]
    yield f"{spoken(code)}"
    if ticket is None:
        yield "  assign has no ticket yet: its request has not arrived."
        return
    yield f"  {ticket['status']} v{ticket['version']}  {ticket['category']}  {'/'.join(ticket['unit_path'])}"
    if ticket["village_name"]:
        yield f"  village: {ticket['village_name']}"
    if ticket["team"]:
        yield f"  team: {ticket['team']}  {ticket['team_name']}"
    if ticket["unrouted_reason"]:
        yield f"  unrouted: {ticket['unrouted_reason']}"
    for clock in ("response", "resolution"):
        yield f"  {clock}: {_clock(ticket, clock)}"
    if ticket["next_at"]:
        yield f"  next: {ticket['next_action']} at {_time(ticket['next_at'])}"
    if copy and copy["version"] != ticket["version"]:
        yield f"  intake's copy is at v{copy['version']} ({copy['status']}): an event is on its way, or was lost."


def _clock(ticket: Row, clock: str) -> str:
    said = f"due {_time(ticket[f'{clock}_due'])}"
    if met := ticket[f"{clock}_met_at"]:
        said += f", met {_time(met)}"
    if breached := ticket[f"{clock}_breached_at"]:
        said += f", BREACHED {_time(breached)}"
    return said


def _story(found: dict[str, Row]) -> list[str]:
    lines = sorted([*_of_intake(found), *_of_assign(found), *_of_notify(found), *_of_the_bus(found)])
    return [f"{_time(line.at)}  {line.service:<7} {line.text}" for line in lines]


def _of_intake(found: dict[str, Row]) -> Iterator[Line]:
    for request in found["intake"]["requests"]:
        where = "village" if request["village_id"] else "pin" if request["pinned"] else "commune"
        joined = ", joins the ticket" if request["joined"] else ""
        said = f"request by {request['channel']}, {request['category']}, {request['commune']}, placed by its {where}"
        yield Line(_moment(request["submitted_at"]), "intake", said + joined)


def _of_assign(found: dict[str, Row]) -> Iterator[Line]:
    for change in found["assign"]["changes"]:
        said = f"{change['event']} → {change['status']} v{change['version']} by {change['actor_kind']}"
        yield Line(_moment(change["at"]), "assign", said)
    for offer in found["assign"]["offers"]:
        said = f"offer to {offer['team']}, {offer['metres']:.0f} m, load {offer['open']:g}"
        yield Line(_moment(offer["at"]), "assign", said)
        if offer["ended_at"]:
            why = f" ({offer['reason']})" if offer["reason"] else ""
            yield Line(_moment(offer["ended_at"]), "assign", f"offer of {offer['team']}: {offer['outcome']}{why}")


def _of_notify(found: dict[str, Row]) -> Iterator[Line]:
    for message in found["notify"]["messages"]:
        to = "the resident" if not message["staff"] else f"team {message['team']}" if message["team"] else "staff"
        resent = ", resent" if message["resent"] else ""
        why = f" ({message['reason']})" if message["reason"] else ""
        said = f"message “{message['alert']}” to {to} by {message['channel']}: {message['state']}{why}"
        yield Line(_moment(message["created_at"]), "notify", f"{said}, {message['attempts']} tries{resent}")
    for reply in found["notify"]["replies"]:
        yield Line(_moment(reply["at"]), "notify", f"reply {reply['word'] or 'without a word of ours'}")


def _of_the_bus(found: dict[str, Row]) -> Iterator[Line]:
    takers: dict[str, list[str]] = {}
    for rows in found.values():
        for taken in rows["inbox"]:
            takers.setdefault(taken["event_id"], []).append(taken["consumer"])
    for service, rows in found.items():
        for event in rows["outbox"]:
            place = f"{event['stream']}#{event['sequence']}" if event["published_at"] else "OWED, not published yet"
            by = ", ".join(sorted(takers.get(event["id"], []))) or "nobody"
            yield Line(_moment(event["at"]), service, f"· {event['type']} at {place}, taken by {by}")


def _foot(found: dict[str, Row]) -> Iterator[str]:
    letters = [letter for rows in found.values() for letter in rows["dead"]]
    for letter in letters:
        yield f"DEAD LETTER of {letter['consumer']}: {letter['subject']}, {letter['reason']}. See: caunoi dead list"
    if not letters:
        yield "No dead letters. Times are Vietnam's."


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _time(moment: str | datetime) -> str:
    return times.spoken(_moment(moment) if isinstance(moment, str) else moment)
