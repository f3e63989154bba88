"""`caunoi token`: speak to the API as somebody."""

from dataclasses import dataclass
from urllib.parse import quote

from deploy.cli.running import Running, known_installation
from deploy.local.failures import CannotStart, WrongUsage


@dataclass(frozen=True)
class TokenWish:
    """Codes as in the data; `phone` as people write it."""

    role: str
    unit: str | None = None
    team: str | None = None
    phone: str | None = None


def token(wish: TokenWish) -> str:
    """The token alone. Raises `CannotStart` where it is not said who shall speak."""
    running = known_installation()
    if wish.role == "supervisor" and not wish.unit:
        raise WrongUsage("A supervisor speaks for a unit. Add --unit CODE, such as --unit 66 for the province.")
    if wish.role == "member":
        return running.sign("member", **_member(running, wish))
    name = f"{wish.role}-{wish.unit}" if wish.unit else wish.role
    return running.sign(wish.role, id=name, name=name, unit=wish.unit, phone=wish.phone)


def _member(running: Running, wish: TokenWish) -> dict[str, str | None]:
    """Members are people of the roster: assign knows who leads a team, and whose number it is."""
    if not wish.team and not wish.phone:
        raise WrongUsage("A member belongs to a team. Add --team CODE.")
    asked = {"team": wish.team, "phone": wish.phone}
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items() if value)
    answer = running.client("assign", running.administrator()).get(f"/simulator/leader?{query}")
    if answer.status == 0:
        raise CannotStart("assign does not answer; it knows who leads the team. Start it with: make run")
    if answer.status != 200:
        raise CannotStart(f"Nobody is known for {' and '.join(f'{n} {v}' for n, v in asked.items() if v)}.")
    found = answer.body
    return {
        "id": found["person"],
        "name": found.get("name", ""),
        "phone": found["phone"],
        "team": found["team"],
        "unit": found["unit"],
    }
