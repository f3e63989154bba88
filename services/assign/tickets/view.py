"""A ticket as programs see it: the shapes of `GET /api/v1/tickets/{code}`."""

from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.sla.clocks import paused_s
from services.assign.sla.promised import Promised
from services.assign.tickets import store
from services.assign.tickets.next_action import pauses_of
from services.assign.tickets.tables import Change, Ticket
from shared.store.lean import fetch
from shared.web.languages import Translator, words

_OFFERS = """
    select code, team, team_name, metres, open, at, outcome, reason, ended_at
    from offer where code = any($1) order by at, id"""
_STORY = """
    select (select jsonb_agg(candidates order by id) from consideration where code = $1),
           (select jsonb_agg(to_jsonb(change) order by id) from change where code = $1)"""
words.add(Path(__file__).parent / "words.toml")


async def whole(connection: AsyncConnection, ticket: Ticket, t: Translator, now: datetime) -> dict[str, Any]:
    """One ticket with its offers, everybody considered, and its timeline."""
    [brief] = await briefs(connection, [ticket], now)
    [(looks, changes)] = await fetch(connection, _STORY, ticket.code)
    timeline = [entry(store.change_of(found), t) for found in changes or []]
    return brief | {"considered": _considered(looks or []), "timeline": timeline}


async def briefs(connection: AsyncConnection, tickets: list[Ticket], now: datetime) -> list[dict[str, Any]]:
    """Tickets as a list shows them: without `considered` and `timeline`."""
    offers = await _offers(connection, [ticket.code for ticket in tickets])
    return [_brief(ticket, offers.get(ticket.code, []), now) for ticket in tickets]


def entry(change: Change, t: Translator) -> dict[str, Any]:
    """One change; a note stands word for word, else a sentence."""
    name = change.event.rpartition(".")[2]
    text = change.note or (
        t(f"tickets.timeline.{name}", **_values(change)) if t.has(f"tickets.timeline.{name}") else name
    )
    return {
        "at": change.at,
        "event": name,
        "actor": change.actor_kind,
        "actor_id": change.actor_id,
        "status": change.status,
        "text": text,
        "facts": change.facts,
    }


def _brief(ticket: Ticket, offers: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    return {
        "code": ticket.code,
        "version": ticket.version,
        "status": ticket.status,
        "category": ticket.category,
        "urgent": ticket.urgent,
        "channel": ticket.channel,
        "unit": ticket.commune_code,
        "unit_name": ticket.commune_name,
        "village": ticket.village_id,
        "village_name": ticket.village_name,
        "team": ticket.team,
        "team_name": ticket.team_name,
        "member": ticket.member,
        "submitted_at": ticket.submitted_at,
        "requests": ticket.requests,
        "offers": offers,
        "unrouted_reason": ticket.unrouted_reason,
        "targets": {"response": _clock(ticket, "response", now), "resolution": _clock(ticket, "resolution", now)},
        "next_action": {"what": ticket.next_action, "at": ticket.next_at} if ticket.next_action else None,
        "waiting_until": ticket.waiting_until,
        "resolved_at": ticket.resolved_at,
        "outcome": ticket.outcome,
        "stars": ticket.stars,
    }


def _clock(ticket: Ticket, clock: str, now: datetime) -> dict[str, Any]:
    met_at: datetime | None = getattr(ticket, f"{clock}_met_at")
    until = min(met_at or now, ticket.ended_at or now)
    return {
        "due_at": getattr(ticket, f"{clock}_due"),
        "met_at": met_at,
        "breached_at": getattr(ticket, f"{clock}_breached_at"),
        "paused_s": round(paused_s(Promised.from_dict(ticket.policy), pauses_of(ticket), ticket.submitted_at, until)),
    }


def _values(change: Change) -> dict[str, Any]:
    offers = change.facts.get("offers", [])
    return change.facts | {
        "teams": ", ".join(offer["team_name"] for offer in offers),
        "team": change.facts.get("team_name", ""),
    }


async def _offers(connection: AsyncConnection, codes: list[str]) -> dict[str, list[dict[str, Any]]]:
    by_code: dict[str, list[dict[str, Any]]] = {}
    for row in await fetch(connection, _OFFERS, codes):
        offer = dict(row.items())
        by_code.setdefault(offer.pop("code"), []).append(offer)
    return by_code


def _considered(looks: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Everybody considered, nearest first: the first look around, with whom later looks chose."""
    by_team: dict[str, dict[str, Any]] = {}
    for seen in chain.from_iterable(looks):
        if seen["why"] == "chosen" or seen["team"] not in by_team:
            by_team[seen["team"]] = seen
    return sorted(by_team.values(), key=lambda seen: seen["metres"])
