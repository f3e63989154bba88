"""What became of a roster: `{created, changed, unchanged, removed, errors}`, and on request each difference."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from sqlmodel import SQLModel

from services.assign.teams.roster.plan import Known, Plan
from services.assign.teams.roster.wrong import Table, Wrong
from shared.web.languages import Translator

_UNTOLD = {"revision", "unit_path", "province", "sort_key"}


class Error(BaseModel):
    """A row to correct. `row` is the spreadsheet's, the heading being row 1."""

    table: Table
    row: int | None
    column: str | None
    value: str | None
    problem: str


class Difference(BaseModel):
    """One team or member that is, or would be, other than before; `columns` gives old and new values."""

    table: Table
    key: str
    name: str
    change: Literal["created", "changed", "removed"]
    columns: dict[str, tuple[Any, Any]] = {}


class Report(BaseModel):
    """Teams and members counted together."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    errors: list[Error] = []
    differences: list[Difference] | None = None


def counted(plan: Plan) -> Report:
    """What the plan does, in numbers."""
    teams, members = plan.teams, plan.members
    return Report(
        created=len(teams.created) + len(members.created),
        changed=len(teams.changed) + len(members.changed),
        unchanged=teams.unchanged + members.unchanged,
        removed=len(teams.removed) + len(members.removed),
    )


def differences(known: Known, plan: Plan) -> list[Difference]:
    """What the plan does, one by one: teams first, and what is removed first of all."""
    members_before = {member.id: member for member in known.members}
    teams = _differences("teams", "code", "name", known.teams, plan.teams)
    return [*teams, *_differences("members", "id", "full_name", members_before, plan.members)]


def errors(wrong: Iterable[Wrong], t: Translator) -> list[Error]:
    """Every wrong row in the reader's language, in the order of the file."""
    ordered = sorted(wrong, key=lambda found: (found.table != "teams", found.row or 0))
    return [
        Error(
            table=found.table,
            row=found.row,
            column=found.column,
            value=found.value,
            problem=t(f"roster.{found.problem}", **found.said),
        )
        for found in ordered
    ]


def _differences(
    table: Table,
    key: str,
    name: str,
    before: Mapping[str, SQLModel],
    changes: Any,  # Any: changes of either table
) -> list[Difference]:
    found: list[Difference] = []
    kinds: tuple[Literal["removed", "created", "changed"], ...] = ("removed", "created", "changed")
    for kind in kinds:
        for row in getattr(changes, kind):
            old = before.get(getattr(row, key)) if kind == "changed" else None
            named: dict[str, Any] = {"table": table, "key": getattr(row, key), "name": getattr(row, name)}
            found.append(Difference(**named, change=kind, columns=_columns(old, row) if old else {}))
    return found


def _columns(old: SQLModel, new: SQLModel) -> dict[str, tuple[Any, Any]]:
    was, is_now = old.model_dump(), new.model_dump()
    return {name: (was[name], value) for name, value in is_now.items() if value != was[name] and name not in _UNTOLD}
