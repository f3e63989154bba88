"""What somebody sends us as a request, read from JSON or a form: clean values of the right shape, not yet checked."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from shared.codes import parse_code
from shared.events.requests import Channel
from shared.vietnam.phones import parse_phone
from shared.web.values import CleanLine, FilledText, Latitude, Longitude

Language = Literal["vi", "en", "rad", "cmo"]
"""Vietnamese, English, Ê Đê, M'nông (ISO 639-3): the language in which the resident is helped."""

Key = Annotated[str, StringConstraints(max_length=64, strip_whitespace=True)]


def _phone(text: str) -> str:
    number = parse_phone(text)
    if number is None:
        raise PydanticCustomError("phone", "no number of a Vietnamese network")
    return number


def _code(text: str) -> str:
    code = parse_code(text)
    if code is None:
        raise PydanticCustomError("code", "no code of ours")
    return code


Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(_phone)]
"""E.164, from any way of writing a Vietnamese number."""

Code = Annotated[str, StringConstraints(max_length=40), AfterValidator(_code)]
"""A ticket's nine digits, from any way of writing them."""


class Asked(BaseModel, frozen=True):
    """A request by whatever way it came. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore")

    category: Key
    description: Annotated[FilledText, Field(max_length=2000)]
    phone: Phone
    requester_name: Annotated[CleanLine, Field(max_length=80)] | None = None
    commune_code: Key
    village_id: Key | None = None
    lat: Latitude | None = None
    lon: Annotated[Longitude | None, Field(validate_default=True)] = None
    channel: Channel
    language: Language = "vi"
    add_to: Code | None = None

    @property
    def point(self) -> tuple[float, float] | None:
        """The pin, degrees."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)

    @field_validator("lon")
    @classmethod
    def _whole_point(cls, lon: float | None, info: ValidationInfo) -> float | None:
        if "lat" in info.data and (lon is None) != (info.data["lat"] is None):
            raise PydanticCustomError("half_point", "latitude and longitude go together")
        return lon


class Draft(Asked, frozen=True):
    """A request as somebody sent it to us."""

    channel: Literal["web", "hotline", "api"]


class Texted(Asked, frozen=True):
    """A request that notify heard by text."""

    channel: Literal["sms"] = "sms"
