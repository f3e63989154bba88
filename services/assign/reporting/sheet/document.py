"""A sheet in words, in the order in which it is read; a page and a workbook write down the same document."""

from dataclasses import dataclass

from services.assign.reporting.sheet.lines import FIGURES, ROSTER, Kind, Line, Roster
from services.assign.reporting.sheet.reading import Duty, Sheet
from shared.clock import local
from shared.web.figures import number, percent
from shared.web.languages import Translator

Value = float | int | None
_GROUPS = {"in_time": "due", "late": "due", "share": "due", "rating": "stars", "ratings": "stars"} | dict.fromkeys(
    ROSTER, "teams"
)


@dataclass(frozen=True, slots=True)
class Column:
    """`group` is written once above the neighbouring columns that have it."""

    name: str
    kind: Kind
    group: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """`unit` is the code of a unit that has a sheet of its own."""

    name: str
    values: list[Value]
    unit: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    heading: str
    of: str
    """What its rows are."""
    columns: list[Column]
    rows: list[TableRow]
    sum: TableRow

    @property
    def groups(self) -> list[tuple[str, int]]:
        """Each group with the number of its columns, in order; ungrouped columns one by one, without a name."""
        found: list[tuple[str, int]] = []
        for column in self.columns:
            if column.group and found and found[-1][0] == column.group:
                found[-1] = (column.group, found[-1][1] + 1)
            else:
                found.append((column.group, 1))
        return found


@dataclass(frozen=True, slots=True)
class Document:
    """An administrative report. `how`: each figure with the way it is counted."""

    authority: list[str]
    place_and_date: str
    title: str
    subject: str
    counted: str
    addressed: str
    summary: list[str]
    tables: list[Table]
    teams: list[str]
    how: list[tuple[str, str]]


def document_of(sheet: Sheet, t: Translator) -> Document:
    made, month = local(sheet.made_at), sheet.month
    until = t("sheet.until_now", clock=f"{made:%H:%M}", date=f"{made:%d/%m/%Y}")
    counted = t("sheet.counted", first=f"{month.first:%d/%m/%Y}", last=f"{month.last:%d/%m/%Y}")
    place = sheet.place.name if sheet.place else t("sheet.somewhere")
    return Document(
        authority=_authority(sheet, t),
        place_and_date=t("sheet.place_and_date", place=place, day=made.day, month=made.month, year=made.year),
        title=t("sheet.title", month=month.first.month, year=month.first.year),
        subject=t("sheet.subject"),
        counted=counted if month.over else until,
        addressed=_addressed(sheet, t),
        summary=_summary(sheet, t),
        tables=_tables(sheet, t),
        teams=_teams(sheet, made.strftime("%d/%m/%Y"), t),
        how=[(t(f"sheet.figure.{key}"), t(f"sheet.how.{key}")) for key in (*FIGURES, *ROSTER)],
    )


def _authority(sheet: Sheet, t: Translator) -> list[str]:
    """Who reports, as the head of a letter has it (Nghị định 30/2020/NĐ-CP: a People's Committee stands alone)."""
    if sheet.place is None:
        return [t("sheet.everywhere").upper()]
    return [t("sheet.committee").upper(), sheet.place.full_name.upper()]


def _addressed(sheet: Sheet, t: Translator) -> str:
    """To whom: the unit above, as it is written within a sentence (`tỉnh Đắk Lắk`)."""
    if sheet.above is None:
        return ""
    name = sheet.above.full_name
    return t("sheet.addressed", unit=name[:1].lower() + name[1:] if t.language == "vi" else name)


def _summary(sheet: Sheet, t: Translator) -> list[str]:
    line, whole = sheet.sum, lambda value: number(value, t.language)
    due = line.in_time + line.late
    said = [
        t(
            f"sheet.said.{'month' if sheet.month.over else 'so_far'}",
            received=whole(line.received),
            solved=whole(line.solved),
            open=whole(line.open),
        )
    ]
    if due:
        shown = percent(line.share, t.language).replace(" ", "\u00a0")
        said.append(
            t("sheet.said.due", due=whole(due), in_time=whole(line.in_time), share=shown, late=whole(line.late))
        )
    if line.unrouted or line.reopened:
        said.append(t("sheet.said.troubles", unrouted=whole(line.unrouted), reopened=whole(line.reopened)))
    if line.rating is not None:
        said.append(t("sheet.said.stars", rating=number(line.rating, t.language, 1), ratings=whole(line.ratings)))
    return said


def _teams(sheet: Sheet, day: str, t: Translator) -> list[str]:
    roster = {key: number(getattr(sheet.roster, key), t.language) for key in ROSTER}
    if not sheet.without:
        return [t("sheet.teams_now", day=day, **roster)]
    named = ", ".join(sheet.without)
    return [t("sheet.teams_now", day=day, **roster), t("sheet.without", count=len(sheet.without), names=named)]


def _tables(sheet: Sheet, t: Translator) -> list[Table]:
    duties = [TableRow(_duty_name(duty, t), _values(duty.line)) for duty in sheet.duties]
    sum_name = t("sheet.sum")
    by_duty = Table(
        t("sheet.by_duty"), t("sheet.duty"), _columns(FIGURES, t), duties, TableRow(sum_name, _values(sheet.sum))
    )
    if not sheet.below:
        return [by_duty]
    units = [
        TableRow(
            below.unit.full_name if below.unit else t("sheet.no_longer", code=below.code),
            _values(below.line, below.roster),
            below.code if below.unit else None,
            t("sheet.no_team") if below.without and not below.roster.teams else "",
        )
        for below in sheet.below
    ]
    whole = TableRow(sum_name, _values(sheet.sum, sheet.roster))
    return [Table(t("sheet.by_unit"), t("sheet.unit"), _columns(FIGURES | ROSTER, t), units, whole), by_duty]


def _columns(keys: dict[str, Kind], t: Translator) -> list[Column]:
    groups = {key: t(f"sheet.group.{group}") for key, group in _GROUPS.items()}
    return [Column(t(f"sheet.figure.{key}"), kind, groups.get(key, "")) for key, kind in keys.items()]


def _values(line: Line, roster: Roster | None = None) -> list[Value]:
    counted = [getattr(line, key) for key in FIGURES]
    return counted + [getattr(roster, key) for key in ROSTER] if roster else counted


def _duty_name(duty: Duty, t: Translator) -> str:
    if duty.category is None:
        return duty.code
    return duty.category.name_en if t.language == "en" else duty.category.name_vi
