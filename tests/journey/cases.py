"""The sixty requests, and what becomes of each: chosen from the generated sample so that teams meet often."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Literal, cast

from deploy.sample.requests import SampleRequest, make_requests
from tests.journey.oracle import REACH_M, URGENT
from tests.journey.roster import Point, Roster, metres_between

Way = Literal["form", "operator", "api"]
Fate = Literal[
    "accepted by SMS",
    "accepted by API",
    "accepted for a member by the supervisor",
    "accepted on the page",
    "done by one SMS",
    "declined by SMS",
    "declined by API",
    "widened, the second takes it",
    "widened, the first takes it",
    "left unanswered",
    "left in progress",
    "cancelled",
]
_SEED = 1226
_COMMUNES = ("24121", "24133", "24163", "24175", "24211", "24277")
_MARKET_DAY = 12
"""So many ask in one village, more than its team can hold."""
_FATES: tuple[Fate, ...] = (
    "accepted by SMS",
    "accepted by API",
    "accepted on the page",
    "declined by SMS",
    "accepted by SMS",
    "widened, the second takes it",
    "done by one SMS",
    "accepted for a member by the supervisor",
    "declined by API",
    "widened, the first takes it",
    "accepted on the page",
)
_RARE: dict[int, Fate] = {17: "left in progress", 29: "cancelled", 54: "left unanswered"}
"""By place among the sixty; the last asks where few teams are within reach."""


@dataclass(frozen=True)
class Asked:
    """What one resident asks. `village_team`: the team of the village named; `pin`: degrees."""

    category: str
    description: str
    name: str | None
    phone: str
    commune: str
    village_team: str | None
    pin: Point | None
    language: str
    way: Way
    fate: Fate


def sixty_requests(roster: Roster) -> list[Asked]:
    """Nine of ten from communes with teams: with their village, with a pin, with both, with neither."""
    chosen = list(_chosen(roster))
    ways: Iterator[Way] = cycle(("form", "operator", "api"))
    fates = cycle(_FATES)
    return [
        _asked(
            sample,
            next(ways),
            _accepted_at_once(index) if sample["category"] == URGENT else _RARE.get(index) or next(fates),
        )
        for index, sample in enumerate(chosen)
    ]


def _accepted_at_once(index: int) -> Fate:
    return "accepted by API" if index % 2 else "accepted by SMS"


def _chosen(roster: Roster) -> Iterator[SampleRequest]:
    made = make_requests(2_500, _SEED)
    crowded = next(team for team in roster.teams.values() if team.commune == _COMMUNES[0])
    calm = [sample for sample in made if sample["category"] not in (URGENT, "connectivity")]
    for sample in calm[:_MARKET_DAY]:
        yield _but(sample, commune_code=crowded.commune, village_team_code=crowded.code, lat=None, lon=None)
    rest = made[::-1]
    served = [sample for sample in rest if sample["commune_code"] in _COMMUNES]
    yield from served[:38]
    yield _but(served[38], category="other", village_team_code=None, language="en")
    yield _pinned_elsewhere(served[39], roster)
    yield _pinned_elsewhere(served[40], roster)
    yield _but(served[41], category=URGENT, language="rad")
    with_teams = {team.commune for team in roster.teams.values()}
    bare = [sample for sample in rest if sample["commune_code"] not in with_teams]
    near = [sample for sample in bare if _metres_to_help(sample, roster) < REACH_M * 0.9]
    far = [sample for sample in bare if _metres_to_help(sample, roster) > REACH_M * 1.1]
    yield from sorted(near[:3], key=lambda sample: sample["category"] == URGENT)
    yield from far[:3]


def _pinned_elsewhere(sample: SampleRequest, roster: Roster) -> SampleRequest:
    """The commune named is not the one in which the pin lies."""
    elsewhere = next(team for team in roster.teams.values() if team.commune == "24169")
    return _but(sample, lat=elsewhere.point[0], lon=elsewhere.point[1], village_team_code=None)


def _but(sample: SampleRequest, **other: str | float | None) -> SampleRequest:
    return cast(SampleRequest, {**sample, **other})  # the same fields


def _metres_to_help(sample: SampleRequest, roster: Roster) -> float:
    point = roster.communes[sample["commune_code"]]
    if sample["lat"] is not None and sample["lon"] is not None:
        point = sample["lat"], sample["lon"]
    return min(metres_between(point, team.point) for team in roster.teams.values())


def _asked(sample: SampleRequest, way: Way, fate: Fate) -> Asked:
    lat, lon = sample["lat"], sample["lon"]
    return Asked(
        category=sample["category"],
        description=sample["description"],
        name=sample["requester_name"],
        phone=sample["phone"],
        commune=sample["commune_code"],
        village_team=sample["village_team_code"],
        pin=None if lat is None or lon is None else (lat, lon),
        language=sample["language"],
        way=way,
        fate=fate,
    )
