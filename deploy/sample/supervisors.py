"""Invented supervisors of the sample province: one for each commune, one for the province."""

from random import Random
from typing import NamedTuple

from deploy.sample.people import person
from shared.vietnam.communes import communes

_SEED = 2025
_PROVINCE = "66"


class Supervisor(NamedTuple):
    """Who watches a unit. `unit_code` is the province's (`66`) or a commune's (`24121`)."""

    unit_code: str
    full_name: str
    phone: str


def sample_supervisors() -> list[Supervisor]:
    """The province's supervisor, then those of its 102 communes, in the order of their codes.

    Their numbers begin with 081, those of members and residents with 09: nobody is two people.
    """
    rng = Random(_SEED)
    codes = [_PROVINCE, *(commune.code for commune in communes(_PROVINCE))]
    numbers = rng.sample(range(10**7), len(codes))
    return [
        Supervisor(code, person(rng, ede=rng.random() < 0.2), f"+8481{number:07d}")
        for code, number in zip(codes, numbers, strict=True)
    ]
