"""What a roster's rows say, each cell judged by itself: clean text, real phones, points in Vietnam, known words."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal, TypeVar

from pydantic_core import PydanticCustomError

from services.assign.teams.roster.sheet import Line, Sheet
from services.assign.teams.roster.wrong import Table, Wrong
from shared.vietnam.phones import parse_phone
from shared.web.values import one_line

LANGUAGES = ("vi", "en", "rad", "cmo")
"""Languages that a resident can ask in: Vietnamese, English, Ê Đê, M'nông (ISO 639)."""

TEAM_COLUMNS = frozenset({"team_code", "team_name", "village", "former_commune", "commune_code", "lat", "lon"})
MEMBER_COLUMNS = frozenset({"team_code", "member_code", "full_name", "role", "phone", "skills", "languages"})
FORMER_COMMUNE = ("former_commune", "commune_2022")
"""Columns that tell villages of the same name apart after the mergers of 2025."""

LATITUDES, LONGITUDES = (6.0, 24.0), (102.0, 118.0)
"""Vietnam with its islands, Hoàng Sa and Trường Sa among them."""

_CODE = re.compile(r"[\w.\-]{1,40}")
_LIST = re.compile(r"[;,|\s]+")
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


def team_facts(sheet: Sheet) -> tuple[list[TeamFacts], list[Wrong]]:
    """Every team that can be understood, and what is wrong with the others."""
    return _judged(sheet, _team)


def member_facts(sheet: Sheet, skills: Collection[str]) -> tuple[list[MemberFacts], list[Wrong]]:
    """Every member that can be understood, and what is wrong with the others. `skills` are the categories there are."""
    return _judged(sheet, lambda cells: _member(cells, skills))


class _Cells:
    """A row's cells; whoever reads one that is wrong leaves a note."""

    def __init__(self, sheet: Sheet, line: Line) -> None:
        self._table: Table = sheet.table
        self._cells = line.cells
        self.row = line.row
        self.wrong: list[Wrong] = []

    def blame(self, column: str, problem: str, **said: object) -> None:
        self.wrong.append(Wrong(self._table, self.row, column, self._cells.get(column), problem, said))

    def text(self, column: str, longest: int) -> str | None:
        """Clean text on one line; None where there is none."""
        try:
            text = one_line(self._cells.get(column, ""))
        except PydanticCustomError:
            self.blame(column, "unreadable_text")
            return None
        if len(text) > longest:
            self.blame(column, "too_long", longest=longest)
        return text or None

    def filled(self, column: str, longest: int) -> str:
        """Text that must be there."""
        before = len(self.wrong)
        text = self.text(column, longest)
        if text is None and len(self.wrong) == before:
            self.blame(column, "empty")
        return text or ""

    def code(self, column: str) -> str:
        text = self.filled(column, 40)
        if text and not _CODE.fullmatch(text):
            self.blame(column, "no_code")
        return text

    def words(self, column: str, known: Collection[str], problem: str) -> list[str] | None:
        """A list such as `vi;rad`, sorted, each once; None where the file has no such column."""
        if column not in self._cells:
            return None
        found = sorted({word for word in _LIST.split(self._cells[column].lower()) if word})
        for word in found:
            if word not in known:
                self.blame(column, problem, word=word, known=", ".join(known))
        return found

    def degrees(self, column: str, limits: tuple[float, float]) -> float | None:
        """A latitude or longitude; a decimal comma is one, too."""
        text = self._cells.get(column, "")
        if not text:
            return None
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            self.blame(column, "no_number")
            return None
        if not limits[0] <= value <= limits[1]:
            self.blame(column, "outside_vietnam")
        return value

    def notes(self, own: Collection[str]) -> dict[str, str]:
        """What stands in further columns."""
        return {column: self.text(column, 500) or "" for column in self._cells if column not in own}


def _judged(sheet: Sheet, understand: Callable[[_Cells], T]) -> tuple[list[T], list[Wrong]]:
    facts: list[T] = []
    wrong: list[Wrong] = []
    for line in sheet.lines:
        cells = _Cells(sheet, line)
        understood = understand(cells)
        wrong += cells.wrong
        if not cells.wrong:
            facts.append(understood)
    return facts, wrong


def _team(cells: _Cells) -> TeamFacts:
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


def _point(cells: _Cells) -> tuple[float, float] | None:
    lat, lon = cells.degrees("lat", LATITUDES), cells.degrees("lon", LONGITUDES)
    if lat is not None and lon is not None:
        return lat, lon
    if (lat is None) != (lon is None) and not cells.wrong:
        cells.blame("lat" if lat is None else "lon", "half_location")
    return None


def _member(cells: _Cells, skills: Collection[str]) -> MemberFacts:
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


def _role(cells: _Cells) -> Literal["leader", "member"] | None:
    word = (cells.text("role", 40) or "").lower()
    if word in ("leader", "member"):
        return "leader" if word == "leader" else "member"
    if word:
        cells.blame("role", "no_role")
    return None
