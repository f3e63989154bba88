"""Tariffs and budgets: set by administrators; supervisors see their own unit's."""

from typing import Annotated, Self

from fastapi import APIRouter, Path, Request
from pydantic import AwareDatetime, BaseModel, Field, model_validator

from services.notify.channels.fitting import ways_out
from services.notify.costs import store
from services.notify.costs.prices import Price, Standing, month_of, standing
from services.notify.costs.purse import Purse
from shared.identity import Role
from shared.service import service_of
from shared.web.api import ApiRoute
from shared.web.asking import SignedIn, has_role
from shared.web.languages import say
from shared.web.problems import Problem

UnitCode = Annotated[str, Path(pattern=r"^(\*|[0-9]{1,10})$")]


class TariffLine(BaseModel):
    """The price of one part on a channel. `prefix` begins the number (`+8490`); the longest that fits counts."""

    channel: str = Field(max_length=40)
    prefix: str = Field(default="", pattern=r"^(\+[0-9]{0,12})?$")
    price_vnd: int = Field(ge=0, le=1_000_000)
    valid_from: AwareDatetime
    valid_until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_until and self.valid_until <= self.valid_from:
            raise ValueError("valid_until must be after valid_from")
        return self


class Tariffs(BaseModel):
    """All lines; putting them replaces all."""

    items: list[TariffLine] = Field(max_length=1000)


class BudgetWish(BaseModel):
    """What a unit may spend in a month; null takes the bound away."""

    monthly_vnd: int | None = Field(ge=0, le=10**12)


class BudgetShown(BaseModel):
    """A budget and this month's spending."""

    unit: str
    month: str
    monthly_vnd: int
    spent_vnd: int
    standing: Standing


class Budgets(BaseModel):
    """Of units that have one."""

    items: list[BudgetShown]


def costs_router(purse: Purse) -> APIRouter:
    """`purse` learns of changes at once."""
    router = APIRouter(prefix="/api/v1/messages", route_class=ApiRoute, tags=["costs"])

    @router.get("/tariffs")
    async def tariffs(request: Request, principal: SignedIn) -> Tariffs:
        """What one part costs, by channel and number."""
        has_role(principal, Role.ADMINISTRATOR)
        async with service_of(request).store.read() as connection:
            return Tariffs(items=[_line(price) for price in await store.prices(connection)])

    @router.put("/tariffs", status_code=204)
    async def set_tariffs(request: Request, principal: SignedIn, wish: Tariffs) -> None:
        """Replace all tariffs."""
        has_role(principal, Role.ADMINISTRATOR)
        service = service_of(request)
        if any(line.channel not in ways_out(service.settings) for line in wish.items):
            raise Problem(422, errors={"channel": say("messages.unknown_channel")})
        async with service.store.begin() as unit:
            await store.set_prices(unit, [Price(**line.model_dump()) for line in wish.items])
            unit.after_commit(purse.forget)

    @router.get("/budgets")
    async def budgets(request: Request, principal: SignedIn) -> Budgets:
        """Administrators see all, supervisors their own unit's."""
        has_role(principal, Role.ADMINISTRATOR, Role.SUPERVISOR)
        service = service_of(request)
        own = [principal.unit or ""] if principal.role is Role.SUPERVISOR else None
        month = month_of(service.clock.now())
        async with service.store.read() as connection:
            return Budgets(items=[_shown(one, month) for one in await store.accounts(connection, month, own)])

    @router.put("/budgets/{code}", status_code=204)
    async def set_budget(request: Request, principal: SignedIn, code: UnitCode, wish: BudgetWish) -> None:
        """`*` is the whole installation."""
        has_role(principal, Role.ADMINISTRATOR)
        async with service_of(request).store.begin() as unit:
            await store.set_budget(unit, code, wish.monthly_vnd)
            unit.after_commit(purse.forget)

    return router


def _line(price: Price) -> TariffLine:
    return TariffLine(**{name: getattr(price, name) for name in Price.__dataclass_fields__})


def _shown(account: store.Account, month: str) -> BudgetShown:
    return BudgetShown(
        unit=account.unit,
        month=month,
        monthly_vnd=account.monthly_vnd,
        spent_vnd=account.spent_vnd,
        standing=standing(account.spent_vnd, account.monthly_vnd),
    )
