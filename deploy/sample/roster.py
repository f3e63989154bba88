"""Invented teams and their members: Đắk Lắk as its government described it in 2022, or any number over the country.

The order in which chance is asked is part of the result: change it, and every code and number changes.
"""

import math
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from deploy.sample.ground import Row, outlines, rows, somewhere_in
from deploy.sample.people import person, phone
from deploy.sample.words import BUON, HAMLETS, SKILLS

TEAMS_2022, MEMBERS_2022 = 1147, 7121
ROSTER_SEED = 2022
"""The sample's seed; requests are always about the roster of this seed."""

_NOT_YET = {"Huyện Buôn Đôn", "Huyện M'Đrắk"}  # had not set up teams in 2022
_MNONG_DISTRICTS = {"Huyện Lắk", "Huyện Krông Bông"}
_PILOTS = {"24172": (15, 77), "24355": (15, 94)}  # commune code of 2022 -> (teams, members), as published


class Team(NamedTuple):
    """A row of teams.csv."""

    team_code: str
    team_name: str
    village: str
    commune_code: str
    commune_2022: str
    district_2022: str
    lat: float
    lon: float
    languages: str


class Member(NamedTuple):
    """A row of members.csv."""

    team_code: str
    full_name: str
    role: str
    phone: str
    skills: str
    languages: str


class _Place(NamedTuple):
    """A commune that has teams, as it is today and as it was."""

    commune_code: str
    district: str
    old_name: str
    old_code: str


class _Plan(NamedTuple):
    """Where the teams are, and how many members each has: old commune code → sizes."""

    places: list[_Place]
    sizes: dict[str, list[int]]


def make_roster(teams: int | None = None, seed: int = ROSTER_SEED) -> tuple[list[Team], list[Member]]:
    """The 1,147 teams and 7,121 members of Đắk Lắk, or so many `teams` of five over all communes."""
    rng = Random(seed)
    communes = {row["code"]: row for row in rows("communes_2026.csv")}
    rings = outlines()
    plan = _plan_of_2022(rng) if teams is None else _plan_for_the_country(teams, communes, rng)
    made: list[Team] = []
    members: list[Member] = []
    taken: set[str] = set()
    for place in plan.places:
        commune = communes[place.commune_code]
        tongue = "cmo" if place.district in _MNONG_DISTRICTS else "rad"
        for number, size in enumerate(plan.sizes[place.old_code]):
            is_buon = _is_buon(commune, place.district, rng)
            village = _village(is_buon, place.old_name, number, rng)
            lat, lon = somewhere_in(commune, rings.get(place.commune_code), rng)
            team = Team(
                team_code=f"{place.old_code}-{number + 1:02d}",
                team_name=f"Tổ CNSCĐ {village}",
                village=village,
                commune_code=place.commune_code,
                commune_2022=place.old_name,
                district_2022=place.district,
                lat=lat,
                lon=lon,
                languages=f"vi;{tongue}" if is_buon else "vi",
            )
            made.append(team)
            members += _members(team.team_code, size, tongue if is_buon else None, taken, rng)
    return made, members


def _plan_of_2022(rng: Random) -> _Plan:
    """Thirteen districts of former Đắk Lắk; the two pilot communes as published, the rest shared out."""
    places = [
        _Place(row["commune_2026_code"], row["district"], row["commune"], row["commune_code"])
        for row in rows("dak_lak_communes_2022.csv")
        if row["district"] not in _NOT_YET
    ]
    others = [place.old_code for place in places if place.old_code not in _PILOTS]
    teams_left = TEAMS_2022 - sum(teams for teams, _ in _PILOTS.values())
    members_left = MEMBERS_2022 - sum(members for _, members in _PILOTS.values())
    shares = _share(teams_left, [rng.uniform(3, 12) for _ in others], rng)
    counts = dict(zip(others, shares, strict=True))
    sizes = {code: _share(members, [1] * teams, rng, least=3) for code, (teams, members) in _PILOTS.items()}
    rest = iter(_share(members_left, [rng.uniform(0.7, 1.3) for _ in range(teams_left)], rng, least=3))
    for code in others:
        sizes[code] = [next(rest) for _ in range(counts[code])]
    return _Plan(places, sizes)


def _plan_for_the_country(teams: int, communes: dict[str, Row], rng: Random) -> _Plan:
    """Every commune of today, with more teams where it is larger."""
    places = [_Place(code, "", row["full_name"], code) for code, row in communes.items()]
    weights = [math.sqrt(float(row["area_km2"] or 10)) + 5 for row in communes.values()]
    counts = _share(teams, weights, rng)
    return _Plan(places, {code: [5] * count for code, count in zip(communes, counts, strict=True)})


def _share(total: int, weights: Sequence[float], rng: Random, least: int = 1) -> list[int]:
    """`total` split into as many parts of at least `least` as there are weights, in proportion to them."""
    parts = [least] * len(weights)
    for part in rng.choices(range(len(weights)), weights, k=total - least * len(weights)):
        parts[part] += 1
    return parts


def _is_buon(commune: Row, district: str, rng: Random) -> bool:
    """A third of the villages of Đắk Lắk's districts are Ê Đê or M'nông ones."""
    may_be = commune["province_code"] == "66" and bool(district) and not district.startswith("Thị xã")
    return may_be and rng.random() < 0.35


def _village(is_buon: bool, commune_name: str, number: int, rng: Random) -> str:
    if is_buon:
        return f"Buôn {rng.choice(BUON)}" + (f" {number + 1}" if number else "")
    if "Phường" in commune_name or "Thị trấn" in commune_name:
        return f"Tổ dân phố {number + 1}"
    return f"Thôn {rng.choice(HAMLETS)} {number + 1}" if rng.random() < 0.5 else f"Thôn {number + 1}"


def _members(team_code: str, size: int, tongue: str | None, taken: set[str], rng: Random) -> list[Member]:
    """A leader and the others; in a buôn four of five speak its language."""
    members: list[Member] = []
    for number in range(size):
        native = tongue is not None and rng.random() < 0.8
        skills = sorted(rng.sample(SKILLS, rng.randint(2, 5)))
        members.append(
            Member(
                team_code=team_code,
                full_name=person(rng, native),
                role="member" if number else "leader",
                phone=phone(rng, taken),
                skills=";".join(skills),
                languages=f"vi;{tongue}" if native else "vi",
            )
        )
    return members
