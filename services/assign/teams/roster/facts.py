"""What a roster's rows say, each cell judged by itself: clean text, real phones, points in Vietnam, known words."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from services.assign.teams.roster.cells import Cells
from services.assign.teams.roster.sheet import Sheet
from services.assign.teams.roster.wrong import Wrong
from shared.vietnam.phones import parse_phone

LANGUAGES = ("vi", "en", "rad", "cmo")
"""Languages that a resident can ask in: Vietnamese, English, Ê Đê, M'nông (ISO 639)."""

TEAM_COLUMNS = frozenset({"team_code", "team_name", "village", "former_commune", "commune_code", "lat", "lon"})
MEMBER_COLUMNS = frozenset({"team_code", "member_code", "full_name", "role", "phone", "skills", "languages"})
FORMER_COMMUNE = ("former_commune", "commune_2022")
"""Columns that tell villages of the same name apart after the mergers of 2025."""

LATITUDES, LONGITUDES = (6.0, 24.0), (102.0, 118.0)
"""Vietnam with its islands, Hoàng Sa and Trường Sa among them."""

T = TypeVar("T")


@dataclass(frozen=True)
class TeamFacts:
    """A row of `teams`. What the file has no column or no word for is None."""

    row: int
    code: str
    name: str
    commune_code: str
    village: str | None
    former_commune: str | None
    point: tuple[float, float] | None
    """Latitude and longitude, degrees."""
    notes: dict[str, str]


@dataclass(frozen=True)
class MemberFacts:
    """A row of `members`. What the file has no column for is None."""

    row: int
    team_code: str
    member_code: str | None
    full_name: str
    phone: str
    role: Literal["leader", "member"] | None
    skills: list[str] | None
    languages: list[str] | None
    notes: dict[str, str]


@dataclass(frozen=True)
class Roster:
    """A roster as it was understood. A table that was not sent is None."""

    teams: Sequence[TeamFacts] | None
    members: Sequence[MemberFacts] | None
    team_columns: frozenset[str] = field(default_factory=frozenset[str])
    mentioned: frozenset[str] = field(default_factory=frozenset[str])
    """Codes in the table of teams, of wrong rows too: their members are not blamed for it."""
    replace: bool = False
    """Whether what is absent is removed."""

    @property
    def replaces_teams(self) -> bool:
        return self.replace and self.teams is not None

    @property
    def replaces_members(self) -> bool:
        return self.replace and self.members is not None


def team_facts(sheet: Sheet) -> tuple[list[TeamFacts], list[Wrong]]:
    """Every team that can be understood, and what is wrong with the others."""
    return _judged(sheet, _team)


def member_facts(sheet: Sheet, skills: Collection[str]) -> tuple[list[MemberFacts], list[Wrong]]:
    """Every member that can be understood, and what is wrong with the others. `skills` are the categories there are."""
    return _judged(sheet, lambda cells: _member(cells, skills))


def _judged(sheet: Sheet, understand: Callable[[Cells], T]) -> tuple[list[T], list[Wrong]]:
    facts: list[T] = []
    wrong: list[Wrong] = []
    for line in sheet.lines:
        cells = Cells(sheet, line)
        understood = understand(cells)
        wrong += cells.wrong
        if not cells.wrong:
            facts.append(understood)
    return facts, wrong


def _team(cells: Cells) -> TeamFacts:
    former = next(filter(None, (cells.text(column, 120) for column in FORMER_COMMUNE)), None)
    return TeamFacts(
        row=cells.row,
        code=cells.code("team_code"),
        name=cells.filled("team_name", 120),
        commune_code=cells.code("commune_code"),
        village=cells.text("village", 120),
        former_commune=former,
        point=_point(cells),
        notes=cells.notes(TEAM_COLUMNS),
    )


def _point(cells: Cells) -> tuple[float, float] | None:
    lat, lon = cells.degrees("lat", LATITUDES), cells.degrees("lon", LONGITUDES)
    if lat is not None and lon is not None:
        return lat, lon
    if (lat is None) != (lon is None) and not cells.wrong:
        cells.blame("lat" if lat is None else "lon", "half_location")
    return None


def _member(cells: Cells, skills: Collection[str]) -> MemberFacts:
    typed = cells.filled("phone", 40)
    phone = parse_phone(typed) if typed else None
    if typed and phone is None:
        cells.blame("phone", "no_phone")
    return MemberFacts(
        row=cells.row,
        team_code=cells.code("team_code"),
        member_code=cells.text("member_code", 40),
        full_name=cells.filled("full_name", 80),
        phone=phone or "",
        role=_role(cells),
        skills=cells.words("skills", skills, "unknown_skill"),
        languages=cells.words("languages", LANGUAGES, "unknown_language"),
        notes=cells.notes(MEMBER_COLUMNS),
    )


def _role(cells: Cells) -> Literal["leader", "member"] | None:
    word = (cells.text("role", 40) or "").lower()
    if word in ("leader", "member"):
        return "leader" if word == "leader" else "member"
    if word:
        cells.blame("role", "no_role")
    return None
