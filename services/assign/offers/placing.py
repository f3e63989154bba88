"""Put a ticket before the nearest teams: look, decide, take a place in each team, all within one unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.assign.offers import store
from services.assign.offers.demand import parts
from services.assign.offers.nearest import Candidate, Decision, Need, decide, effective_metres
from services.assign.offers.store import Found, Spot
from services.assign.offers.widening import hours_of, ring_at, widen_at
from services.assign.sla.promised import Promised
from shared.events.tickets import OfferFacts
from shared.store import Unit, new_id

OWN, OTHERS = 12, 12
"""So many teams of the commune and of others are looked at first. Both hold the nearest ten that people are shown."""
ATTEMPTS = 5
_CLEARLY_M = 0.2
"""Nearer by so much is not equally far, however distances are rounded."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What came of it: rows to write, the offers to tell, when to widen; a reason where nobody could be asked."""

    offers: tuple[OfferFacts, ...]
    offer_rows: tuple[dict[str, Any], ...]
    consideration: dict[str, Any]
    demand_rows: tuple[dict[str, Any], ...]
    widen_at: datetime | None
    reason: str | None


async def place(
    unit: Unit, code: str, spot: Spot, need: Need, promised: Promised, how_many: int, now: datetime
) -> Placed:
    """Ask up to `how_many` teams. The caller writes the rows, so that a batch writes them at once."""
    decision, found = await _take_places(unit, spot, need, how_many, now)
    hours = {seen.team.code: hours_of(seen.hours) for seen in found}
    offers = tuple(
        OfferFacts(
            offer_id=new_id(),
            team=team.code,
            team_name=team.name,
            metres=round(team.metres, 1),
            ring_at=ring_at(promised, hours[team.code], now),
        )
        for team in decision.chosen
    )
    rows = tuple(_offer_row(code, offer, team.load, now) for offer, team in zip(offers, decision.chosen, strict=True))
    widen = max((widen_at(promised, hours[offer.team], now) for offer in offers), default=None)
    considered = store.consideration_row(code, now, decision.considered, need)
    demand = tuple(
        {"team": team, "at": now, "code": code, "part": part} for team, part in parts(decision, need).items()
    )
    return Placed(offers, rows, considered, demand, widen, decision.reason)


async def _take_places(
    unit: Unit, spot: Spot, need: Need, how_many: int, now: datetime
) -> tuple[Decision, list[Found]]:
    """Decide and take the places; somebody else may have taken one meanwhile, then decide again."""
    for _ in range(ATTEMPTS):
        decision, found = await look(unit, spot, need, how_many)
        chosen = [team.code for team in decision.chosen]
        if not chosen or await store.reserve(unit, chosen, need.most_held, now):
            return decision, found
    raise RuntimeError("places near this ticket change faster than they can be taken")


async def look(unit: Unit, spot: Spot, need: Need, how_many: int) -> tuple[Decision, list[Found]]:
    """The decision over as many teams as can matter: more are fetched while a farther one could still be better."""
    spent = len(need.asked) + len(need.declined) + len(need.unreached)
    own, others = OWN + spent, OTHERS + spent
    while True:
        found = await store.candidates(unit, spot, own, others)
        decision = decide([seen.team for seen in found], need, how_many)
        if not _nobody_else_at_home_matters(decision, found, need, how_many, own):
            own *= 4
        elif not _nobody_beyond_matters(decision, found, need, how_many, others):
            others *= 4
        else:
            return decision, found


def _nobody_else_at_home_matters(
    decision: Decision, found: Sequence[Found], need: Need, how_many: int, own: int
) -> bool:
    """Whether no team of the commune that was not fetched could be as good: it is no nearer than any that was."""
    at_home = [seen.team for seen in found if seen.team.in_commune]
    if len(at_home) < own:
        return True
    horizon = max((team.metres for team in at_home if not team.of_village), default=0.0)
    return len(decision.chosen) >= how_many and all(
        team.of_village or (team.in_commune and _is_within(team, need, horizon)) for team in decision.chosen
    )


def _nobody_beyond_matters(decision: Decision, found: Sequence[Found], need: Need, how_many: int, others: int) -> bool:
    elsewhere = [seen.team for seen in found if not seen.team.in_commune]
    if len(elsewhere) < others:
        return True
    horizon = max(team.metres for team in elsewhere)
    if horizon > need.reach_m:
        return True
    if len(decision.chosen) < how_many:
        return False
    return all(team.in_commune or _is_within(team, need, horizon) for team in decision.chosen)


def _is_within(team: Candidate, need: Need, horizon: float) -> bool:
    """Whether it counts as clearly nearer than all that stand beyond the horizon: whoever is equal was looked at."""
    return effective_metres(team, need) + _CLEARLY_M < horizon


def _offer_row(code: str, offer: OfferFacts, load: float, now: datetime) -> dict[str, Any]:
    return {
        "id": offer.offer_id,
        "code": code,
        "team": offer.team,
        "team_name": offer.team_name,
        "metres": offer.metres,
        "open": load,
        "at": now,
        "ring_at": offer.ring_at,
        "outcome": "open",
    }
