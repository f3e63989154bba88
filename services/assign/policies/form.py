"""The policy's form: hours and minutes as people write them, a policy as what stands in the fields. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.assign.places.tables import Policy
from services.assign.sla.clocks import PARTS, StepKind

HOUR = 3600.0
NUMBERS: Mapping[str, tuple[str, float]] = {
    "response": ("response_s", HOUR),
    "resolution": ("resolution_s", HOUR),
    "widen": ("widen_s", 60.0),
    "first_teams": ("first_teams", 1),
    "reach": ("reach_m", 1000.0),
    "most_held": ("most_held", 1),
    "no_skill": ("no_skill_m", 1.0),
    "no_language": ("no_language_m", 1.0),
    "open_offer": ("open_offer_m", 1.0),
    "accepted": ("accepted_m", 1.0),
}
"""Field → column and unit: hours, minutes, teams, kilometres, tickets, metres."""
STEPS: tuple[StepKind, ...] = ("warned", "leader", "commune", "province")


class Unreadable(ValueError):
    """The field that does not hold `what` it should: a `number`, a `day`."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(field, what)
        self.field, self.what = field, what


def typed_of(policy: Policy) -> dict[str, str]:
    """What the fields show."""
    numbers = {field: _number(getattr(policy, column), per) for field, (column, per) in NUMBERS.items()}
    steps = {kind: _number(policy.steps.get(kind, PARTS[kind]), 0.01) for kind in STEPS}
    days = {
        "valid_from": "" if policy.valid_from.year == 1 else policy.valid_from.isoformat(),
        "valid_to": policy.valid_to.isoformat() if policy.valid_to else "",
    }
    return numbers | steps | days | ({"urgent": "yes"} if policy.urgent else {})


def wish_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, by the names of the API. Unreadable where a field holds no number; bounds are the API's."""
    numbers = {column: _read(typed.get(field, ""), field, per) for field, (column, per) in NUMBERS.items()}
    steps = {kind: _read(typed.get(kind, ""), kind, 0.01) for kind in STEPS}
    given = {name: value for name, value in numbers.items() if value is not None}
    return given | {
        "steps": {kind: part for kind, part in steps.items() if part is not None},
        "urgent": typed.get("urgent") == "yes",
        "valid_to": typed.get("valid_to") or None,
    }


def first_day_of(typed: Mapping[str, str]) -> date | None:
    """The day from which it counts; None for as ever. Unreadable: what is no day must not count as ever."""
    text = typed.get("valid_from", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Unreadable("valid_from", "day") from None


FIELD_OF = {column: field for field, (column, _) in NUMBERS.items()}
"""Column of the API → field of the form."""


def _number(value: float | None, per: float) -> str:
    return "" if value is None else f"{value / per:.8g}".replace(".", ",")


def _read(text: str, field: str, per: float) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        raise Unreadable(field, "number") from None
    return value if per == 1 else round(value * per, 4 if per < 1 else 0)
