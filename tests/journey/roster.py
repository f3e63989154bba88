"""The sample province as its files say it, read by the test itself: teams, members, communes with point and outline."""

import csv
import json
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import shared.vietnam

_DATA = Path(shared.vietnam.__file__).parent / "data"
Point = tuple[float, float]
"""Latitude and longitude, degrees."""


@dataclass(frozen=True)
class Member:
    """A row of members.csv."""

    team: str
    name: str
    phone: str
    leads: bool
    skills: frozenset[str]
    languages: frozenset[str]


@dataclass(frozen=True)
class Team:
    """A row of teams.csv with its members; the leader first."""

    code: str
    name: str
    village: str
    commune: str
    point: Point
    members: tuple[Member, ...]

    @property
    def leader(self) -> Member:
        return self.members[0]

    @property
    def others(self) -> tuple[Member, ...]:
        return self.members[1:]

    def has(self, skill: str) -> bool:
        return any(skill in member.skills for member in self.members)

    def speaks(self, language: str) -> bool:
        return any(language in member.languages for member in self.members)


@dataclass(frozen=True)
class Roster:
    """Everything by its code."""

    teams: dict[str, Team]
    communes: dict[str, Point]
    outlines: dict[str, list[list[Point]]]

    def commune_at(self, point: Point, named: str) -> str:
        """The commune that a pin lies in; the one named where no outline holds it."""
        holding = [code for code, rings in self.outlines.items() if any(_inside(point, ring) for ring in rings)]
        return named if named in holding or not holding else holding[0]

    def members(self) -> dict[str, Member]:
        """By phone."""
        return {member.phone: member for team in self.teams.values() for member in team.members}


def read_roster(folder: Path) -> Roster:
    """From teams.csv and members.csv in a folder, and Vietnam's communes."""
    members: defaultdict[str, list[Member]] = defaultdict(list)
    for row in _rows(folder / "members.csv"):
        members[row["team_code"]].append(_member(row))
    teams = {row["team_code"]: _team(row, members[row["team_code"]]) for row in _rows(folder / "teams.csv")}
    places = [row for row in _rows(_DATA / "communes_2026.csv") if row["province_code"] == "66"]
    return Roster(teams, {row["code"]: (float(row["lat"]), float(row["lon"])) for row in places}, _outlines())


def metres_between(one: Point, other: Point) -> float:
    """Great circle by the spherical law of cosines' stable form (atan2), the earth a sphere of 6,371,008.8 m."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    east = math.cos(lat2) * math.sin(lon2 - lon1)
    north = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
    along = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
    return 6_371_008.8 * math.atan2(math.hypot(east, north), along)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _member(row: dict[str, str]) -> Member:
    return Member(
        team=row["team_code"],
        name=row["full_name"],
        phone=row["phone"],
        leads=row["role"] == "leader",
        skills=frozenset(row["skills"].split(";")),
        languages=frozenset(row["languages"].split(";")),
    )


def _team(row: dict[str, str], members: list[Member]) -> Team:
    return Team(
        code=row["team_code"],
        name=row["team_name"],
        village=row["village"],
        commune=row["commune_code"],
        point=(float(row["lat"]), float(row["lon"])),
        members=tuple(sorted(members, key=lambda member: not member.leads)),
    )


def _outlines() -> dict[str, list[list[Point]]]:
    features = json.loads((_DATA / "dak_lak_2026.geojson").read_text(encoding="utf-8"))["features"]
    found: dict[str, list[list[Point]]] = {}
    for feature in features:
        if feature["properties"]["kind"] != "province":
            shape = feature["geometry"]
            polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
            found[feature["properties"]["code"]] = [[(y, x) for x, y in polygon[0]] for polygon in polygons]
    return found


def _inside(point: Point, ring: list[Point]) -> bool:
    """The angles under which a point sees the sides of a ring around it sum up to a full turn."""
    turn = 0.0
    for (y1, x1), (y2, x2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        ax, ay, bx, by = x1 - point[1], y1 - point[0], x2 - point[1], y2 - point[0]
        turn += math.atan2(ax * by - ay * bx, ax * bx + ay * by)
    return abs(turn) > math.pi
