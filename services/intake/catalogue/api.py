"""The catalogue as programs and forms read it: `/api/v1/catalogue/…`."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from services.intake.catalogue.memory import Catalogue
from services.intake.catalogue.places import Commune
from shared.clock import Clock, local
from shared.web.languages import caller_language, say
from shared.web.problems import Problem

MOST = 200


class CommuneShown(BaseModel):
    """A commune of today. `former` is the old name that was meant, where one was."""

    code: str
    name: str
    full_name: str
    province: str
    lat: float | None
    lon: float | None
    former_names: list[str]
    former: str | None = None


class VillageShown(BaseModel):
    """A village of a commune. Two of one name are told apart by the former commune."""

    id: str
    name: str
    former_commune: str | None = None
    team_code: str | None = None


class CategoryShown(BaseModel):
    """A duty of the teams; `name` is in the caller's language."""

    code: str
    name: str
    name_vi: str
    name_en: str
    urgent: bool


def router(catalogue: Catalogue, clock: Clock) -> APIRouter:
    """Reads memory only."""
    routes = APIRouter(prefix="/api/v1/catalogue", tags=["catalogue"])

    @routes.get("/communes")
    async def communes(
        q: Annotated[str, Query(max_length=100)] = "", limit: Annotated[int, Query(ge=1, le=MOST)] = MOST
    ) -> list[CommuneShown]:
        """Communes by name, old or new, with or without diacritics, the best first; all, by name, without `q`."""
        found = catalogue.search(q, local(clock.now()).date(), limit)
        return [_commune(each.place, each.former) for each in found]

    @routes.get("/villages", response_model_exclude_none=True)
    async def villages(commune_code: Annotated[str, Query(max_length=64)]) -> list[VillageShown]:
        """The villages of a commune, by name."""
        commune = catalogue.commune(commune_code.strip(), local(clock.now()).date())
        if commune is None:
            raise Problem(404, say("requests.unknown_commune"))
        return [
            VillageShown(id=each.id, name=each.name, former_commune=each.former_commune, team_code=each.team_code)
            for each in catalogue.villages_of(commune)
        ]

    @routes.get("/categories")
    async def categories(request: Request) -> list[CategoryShown]:
        """The duties of the teams, in their own order."""
        language = caller_language(request)
        return [
            CategoryShown(
                code=each.code, name=each.name(language), name_vi=each.name_vi, name_en=each.name_en, urgent=each.urgent
            )
            for each in catalogue.categories
        ]

    return routes


def _commune(commune: Commune, former: str | None) -> CommuneShown:
    return CommuneShown(
        code=commune.code,
        name=commune.name,
        full_name=commune.full_name,
        province=commune.province,
        lat=commune.lat,
        lon=commune.lon,
        former_names=list(commune.former_names),
        former=former,
    )
