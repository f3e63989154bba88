"""Invented requests for help, spread over thirty days of November 2026."""

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple, TypedDict

from deploy.sample.ground import Ring, Row, outlines, rows, somewhere_in
from deploy.sample.people import person, phone
from deploy.sample.roster import ROSTER_SEED, Team, make_roster
from deploy.sample.words import TEXTS
from shared.clock import VIETNAM

_START = datetime(2026, 11, 2, tzinfo=VIETNAM)
_HOUR_WEIGHTS = [1, 0, 0, 0, 1, 2, 6, 12, 18, 16, 14, 9, 5, 8, 13, 14, 12, 9, 8, 10, 12, 9, 5, 2]


class SampleRequest(TypedDict):
    """A line of the file; the fields of `POST /api/v1/requests`, and when and for whom it was asked."""

    submitted_at: str
    channel: str
    category: str
    description: str
    requester_name: str
    phone: str
    commune_code: str
    village: str | None
    village_team_code: str | None
    lat: float | None
    lon: float | None
    language: str


class _Scene(NamedTuple):
    """What a request may be about; `bare` are communes without a team, `taken` the numbers given out so far."""

    teams: list[Team]
    communes: dict[str, Row]
    bare: list[str]
    rings: dict[str, list[Ring]]
    taken: set[str]


def make_requests(number: int, seed: int = ROSTER_SEED) -> list[SampleRequest]:
    """Oldest first. Nine in ten come from communes that have teams, and most of these name their village."""
    rng = Random(seed)
    scene = _scene()
    made = [_request(scene, rng) for _ in range(number)]
    return sorted(made, key=lambda request: request["submitted_at"])


def _scene() -> _Scene:
    teams, _ = make_roster()
    communes = {row["code"]: row for row in rows("communes_2026.csv") if row["province_code"] == "66"}
    bare = sorted(set(communes) - {team.commune_code for team in teams})
    return _Scene(teams, communes, bare, outlines(), set())


def _request(scene: _Scene, rng: Random) -> SampleRequest:
    team = rng.choice(scene.teams) if rng.random() < 0.9 else None
    code = team.commune_code if team else rng.choice(scene.bare)
    village = team if team is not None and rng.random() < 0.75 else None
    lat, lon = _near(village, rng) if village else somewhere_in(scene.communes[code], scene.rings.get(code), rng)
    category = rng.choice(list(TEXTS))
    when = _moment(rng)
    is_pinned = rng.random() < 0.5
    tongue = team.languages.split(";")[-1] if team and rng.random() < 0.5 else "vi"
    return {
        "submitted_at": when.isoformat(),
        "channel": rng.choice(["web", "web", "hotline"]),
        "category": category,
        "description": rng.choice(TEXTS[category]),
        "requester_name": person(rng, tongue != "vi"),
        "phone": phone(rng, scene.taken),
        "commune_code": code,
        "village": village.village if village else None,
        "village_team_code": village.team_code if village else None,
        "lat": lat if is_pinned else None,
        "lon": lon if is_pinned else None,
        "language": tongue,
    }


def _near(village: Team, rng: Random) -> tuple[float, float]:
    """Within a kilometre or so of the village's point."""
    return round(village.lat + rng.gauss(0, 0.006), 5), round(village.lon + rng.gauss(0, 0.006), 5)


def _moment(rng: Random) -> datetime:
    """Some second of the thirty days; more by day than by night."""
    return _START + timedelta(
        days=rng.randrange(30), hours=rng.choices(range(24), _HOUR_WEIGHTS)[0], seconds=rng.randrange(3600)
    )
