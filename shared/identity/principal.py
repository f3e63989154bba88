"""Who is asking: the signed content of a token or session."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Role(StrEnum):
    """What somebody may be. `system` is one service speaking to another."""

    OPERATOR = "operator"
    MEMBER = "member"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Principal(BaseModel):
    """A person on duty. `unit` is a unit's code: the supervisor's own, or the commune of the member's team."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Role
    id: str
    name: str = ""
    unit: str | None = None
    team: str | None = None
    phone: str | None = None
