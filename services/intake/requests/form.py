"""The resident's form as it was filled in: what was typed is kept, empty fields are no values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.intake.catalogue.memory import Catalogue
from services.intake.catalogue.places import Commune, Village

FIELDS = (
    "category",
    "description",
    "phone",
    "requester_name",
    "commune_code",
    "village_id",
    "lat",
    "lon",
    "language",
    "add_to",
)
MOST_COMMUNES = 250
"""So many fit a list on a small phone; where there are more, one searches first."""
FOUND = 40


@dataclass(frozen=True)
class Typed:
    """What stands in the form now."""

    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


def typed(form: Mapping[str, Any]) -> Typed:
    """Text fields of a submitted form; uploads are nobody's words."""
    return Typed({name: value for name, value in form.items() if isinstance(value, str)})


def draft_values(typed: Typed, channel: str) -> dict[str, str]:
    """As a draft reads them: without the empty ones."""
    return {name: typed[name] for name in FIELDS if typed[name].strip()} | {"channel": channel}


def commune_choices(catalogue: Catalogue, day: date, typed: Typed) -> list[tuple[str, str]]:
    """Pairs (code, name) for the pick list: what was searched for, or all where they fit; always the one chosen."""
    query = typed["commune_q"].strip()
    if query:
        found = [(each.place, each.former) for each in catalogue.search(query, day, FOUND)]
    else:
        everywhere = catalogue.communes(day)
        found = [(each, None) for each in everywhere] if len(everywhere) <= MOST_COMMUNES else []
    chosen = catalogue.commune(typed["commune_code"], day)
    if chosen and all(each.code != chosen.code for each, _ in found):
        found.insert(0, (chosen, None))
    return [(each.code, _commune_name(each, former)) for each, former in found]


def village_choices(villages: Sequence[Village]) -> list[tuple[str, Any]]:
    """Pairs for the pick list; villages of one former commune stand together under its name."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for village in villages:
        groups.setdefault(village.former_commune or "", []).append((village.id, village.name))
    alone = groups.pop("", [])
    if not groups:
        return list(alone)
    return [*alone, *sorted(groups.items())]


def _commune_name(commune: Commune, former: str | None) -> str:
    return f"{commune.full_name} ({former})" if former else commune.full_name
