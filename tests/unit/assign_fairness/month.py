"""A month of the sample province through the rules alone: requests come, teams are asked, answer, work and are free.

Everything that chance decides comes from one seed. Nothing here knows the store; what a team holds is counted as the
store counts it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from deploy.sample import roster
from deploy.sample.ground import rows
from deploy.sample.requests import SampleRequest, make_requests
from services.assign.offers.demand import parts
from services.assign.offers.nearest import Candidate, Need, decide
from services.assign.reporting.fairness.alike import Work
from shared.vietnam.distances import metres_between

SEED = 2022
WIDENING = timedelta(minutes=20)
_BOX = 0.16
"""Degrees within which every team in reach (15 km) stands."""
Point = tuple[float, float]


@dataclass(eq=False)
class Team:
    """A team and what it holds now."""

    code: str
    commune: str
    point: Point
    skills: frozenset[str]
    speaks: frozenset[str]
    offers: int = 0
    accepted: int = 0
    last_offer_at: datetime | None = None


@dataclass(eq=False)
class Ticket:
    """A request and what came of it so far."""

    code: str
    request: SampleRequest
    point: Point
    open: set[Team] = field(default_factory=set[Team])
    declined: set[Team] = field(default_factory=set[Team])
    owner: Team | None = None


class Month:
    """The sample's thirty days. `willing`: every team takes what it is asked; else one in ten declines, one in ten is
    silent. `one_point`: the roster came without coordinates, so every team stands at its commune's point.
    """

    def __init__(self, requests: int, *, willing: bool, one_point: bool = False) -> None:
        self._chance = Random(SEED)
        self._willing = willing
        self._points = {row["code"]: (float(row["lat"]), float(row["lon"])) for row in rows("communes_2026.csv")}
        self.teams = {team.code: team for team in self._teams(one_point)}
        self._home: defaultdict[str, list[Team]] = defaultdict(list)
        for team in self.teams.values():
            self._home[team.commune].append(team)
        self.asked, self.accepted, self.demand = Counter[str](), Counter[str](), Counter[str]()
        self._events: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = count()
        for number, request in enumerate(make_requests(requests, SEED)):
            self._at(datetime.fromisoformat(request["submitted_at"]), self._open, self._ticket(f"{number:09}", request))
        while self._events:
            at, _, happen, about = heappop(self._events)
            happen(at, *about)

    def works(self) -> list[Work]:
        return [
            Work(code, code, team.commune, self.demand[code], self.asked[code], self.accepted[code])
            for code, team in self.teams.items()
        ]

    def _at(self, at: datetime, happen: Callable[..., None], *about: Any) -> None:
        heappush(self._events, (at, next(self._order), happen, about))

    def _open(self, at: datetime, ticket: Ticket) -> None:
        self._ask(at, ticket, 3 if ticket.request["category"] == "scam_safety" else 1)

    def _ask(self, at: datetime, ticket: Ticket, how_many: int) -> None:
        if ticket.owner:
            return
        need = self._need(ticket)
        decision = decide(
            [_candidate(team, ticket) for team in self._home[ticket.request["commune_code"]]], need, how_many
        )
        if len(decision.chosen) < how_many:
            decision = decide([_candidate(team, ticket) for team in self._around(ticket)], need, how_many)
        for code, part in parts(decision, need).items():
            self.demand[code] += part  # pyright: ignore[reportArgumentType]
        for chosen in decision.chosen:
            team = self.teams[chosen.code]
            team.offers, team.last_offer_at = team.offers + 1, at
            self.asked[team.code] += 1
            ticket.open.add(team)
            self._answer(at, ticket, team)
        if decision.chosen:
            self._at(at + WIDENING, self._ask, ticket, 1)

    def _answer(self, at: datetime, ticket: Ticket, team: Team) -> None:
        after = timedelta(minutes=self._chance.expovariate(1 / 10))
        mood = 1.0 if self._willing else self._chance.random()
        if mood >= 0.2:
            self._at(at + after, self._accept, ticket, team)
        elif mood >= 0.1:
            self._at(at + after, self._decline, ticket, team)

    def _accept(self, at: datetime, ticket: Ticket, team: Team) -> None:
        if ticket.owner:
            return
        ticket.owner = team
        for asked in ticket.open:
            asked.offers -= 1
        team.accepted += 1
        self.accepted[team.code] += 1
        self._at(at + timedelta(hours=self._chance.lognormvariate(1.8, 1)), self._resolve, team)

    def _decline(self, at: datetime, ticket: Ticket, team: Team) -> None:
        if not ticket.owner:
            ticket.open.remove(team)
            ticket.declined.add(team)
            team.offers -= 1
            self._ask(at, ticket, 1)

    def _resolve(self, _: datetime, team: Team) -> None:
        team.accepted -= 1

    def _need(self, ticket: Ticket) -> Need:
        request = ticket.request
        asked, declined = (frozenset(team.code for team in teams) for teams in (ticket.open, ticket.declined))
        return Need(request["category"], request["language"], asked=asked, declined=declined, ticket=ticket.code)

    def _around(self, ticket: Ticket) -> Iterable[Team]:
        (lat, lon), commune = ticket.point, ticket.request["commune_code"]
        for team in self.teams.values():
            if team.commune == commune or max(abs(team.point[0] - lat), abs(team.point[1] - lon)) < _BOX:
                yield team

    def _ticket(self, code: str, request: SampleRequest) -> Ticket:
        lat, lon = request["lat"], request["lon"]
        point = (lat, lon) if lat is not None and lon is not None else self._points[request["commune_code"]]
        return Ticket(code, request, point)

    def _teams(self, one_point: bool) -> Iterable[Team]:
        teams, members = roster.make_roster(seed=SEED)
        skills: defaultdict[str, set[str]] = defaultdict(set)
        for member in members:
            skills[member.team_code].update(member.skills.split(";"))
        for team in teams:
            point = self._points[team.commune_code] if one_point else (team.lat, team.lon)
            speaks = frozenset(team.languages.split(";"))
            yield Team(team.team_code, team.commune_code, point, frozenset(skills[team.team_code]), speaks)


def _candidate(team: Team, ticket: Ticket) -> Candidate:
    return Candidate(
        code=team.code,
        name=team.code,
        metres=metres_between(*ticket.point, *team.point),
        in_commune=team.commune == ticket.request["commune_code"],
        of_village=team.code == ticket.request["village_team_code"],
        skills=team.skills,
        speaks=team.speaks,
        reachable=True,
        capacity=5,
        open_offers=team.offers,
        accepted=team.accepted,
        last_offer_at=team.last_offer_at,
    )
