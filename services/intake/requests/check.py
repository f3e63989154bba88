"""Whether a request can be taken, by the catalogue alone: places that belong together, a duty of the teams."""

from dataclasses import dataclass
from datetime import date

from services.intake.catalogue.memory import Catalogue
from services.intake.catalogue.places import Category, Commune, Promise, Village
from services.intake.requests.draft import Asked
from shared.web.languages import Said, say


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft whose every name is known."""

    draft: Asked
    category: Category
    commune: Commune
    village: Village | None
    promise: Promise


def check(draft: Asked, catalogue: Catalogue, day: date) -> Checked | dict[str, Said]:
    """The draft with what it names, or what is wrong, field by field. `day` is today in Vietnam."""
    category = catalogue.category(draft.category)
    commune = catalogue.commune(draft.commune_code, day)
    village = catalogue.village(draft.village_id) if draft.village_id else None
    errors: dict[str, Said] = {}
    if category is None:
        errors["category"] = say("requests.unknown_category")
    if commune is None:
        errors["commune_code"] = say("requests.unknown_commune")
    elif draft.village_id and (village is None or village.commune != commune.key):
        errors["village_id"] = say("requests.unknown_village" if village is None else "requests.village_elsewhere")
    if commune and draft.point and not catalogue.is_near(*draft.point, commune):
        errors["lat"] = say("requests.point_too_far")
    promise = catalogue.promise(category.code, commune, day) if category and commune else None
    if category and commune and promise is None:
        errors["category"] = say("requests.nothing_promised")
    if errors or category is None or commune is None or promise is None:
        return errors
    return Checked(draft, category, commune, village, promise)
