"""Invented people: a name and a telephone number of a valid shape."""

from random import Random

from deploy.sample.words import EDE_CLANS, EDE_GIVEN, GIVEN, MIDDLES, SURNAMES


def person(rng: Random, ede: bool) -> str:
    """A full name: `Nguyễn Thị Lan`, or an Ê Đê one such as `Y Bhiăn Niê`."""
    if ede:
        return f"{rng.choice(['Y', 'H'])} {rng.choice(EDE_GIVEN)} {rng.choice(EDE_CLANS)}"
    return f"{rng.choice(SURNAMES)} {rng.choice(MIDDLES)} {rng.choice(GIVEN)}"


def phone(rng: Random, taken: set[str]) -> str:
    """An E.164 mobile number that nobody in `taken` has; it is taken then."""
    while True:
        number = f"+849{rng.choice('0134678')}{rng.randrange(10**7):07d}"
        if number not in taken:
            taken.add(number)
            return number
