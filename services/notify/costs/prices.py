"""Prices and budgets: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.clock import local

WARNED_AT = 0.8
"""Of a budget."""
EVERYBODY = "*"
"""The unit under which everything is summed."""

Standing = Literal["well", "nearly_spent", "spent"]


@dataclass(frozen=True, slots=True)
class Price:
    """One line of the tariffs."""

    channel: str
    prefix: str
    price_vnd: int
    valid_from: datetime
    valid_until: datetime | None = None


def price_of(prices: Sequence[Price], channel: str, phone: str, parts: int, at: datetime) -> int | None:
    """In đồng; None where no tariff says anything. The longest prefix counts, of equals the one valid since later."""
    fitting = [
        price
        for price in prices
        if price.channel == channel
        and phone.startswith(price.prefix)
        and price.valid_from <= at
        and (price.valid_until is None or at < price.valid_until)
    ]
    best = max(fitting, key=lambda price: (len(price.prefix), price.valid_from), default=None)
    return best.price_vnd * parts if best else None


def standing(spent: int, monthly: int) -> Standing:
    """How a unit stands with its budget."""
    if spent >= monthly:
        return "spent"
    return "nearly_spent" if spent >= WARNED_AT * monthly else "well"


def month_of(at: datetime) -> str:
    """Of Vietnam's calendar."""
    return f"{local(at):%Y-%m}"
