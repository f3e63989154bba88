"""What the list of tickets is narrowed to: it stands in the page's address, so that it can be kept and sent on."""

from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends

from services.assign.tickets.lifecycle import OPEN, Status

ADDRESS = "/supervisor"


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty words narrow nothing; an unknown status is none."""

    status: str = ""
    unit: str = ""
    category: str = ""
    overdue: str = ""
    need: str = ""
    """Why a hand is needed, as `store.NEEDS` has it."""
    cursor: str = ""

    @property
    def statuses(self) -> list[str]:
        """States as the store asks for them: the open ones unless one is named."""
        return [self.status] if self.status in set(Status) else sorted(OPEN)

    @property
    def narrowed(self) -> bool:
        return bool(self.status or self.unit or self.category or self.overdue or self.need)

    def address(self, cursor: str | None = None) -> str:
        """This list, or a further page of it."""
        words = {name: word for name, word in (asdict(self) | {"cursor": cursor or ""}).items() if word}
        return f"{ADDRESS}?{urlencode(words)}#open" if words else f"{ADDRESS}#open"


def _filters(
    status: str = "", unit: str = "", category: str = "", overdue: str = "", need: str = "", cursor: str = ""
) -> Filters:
    return Filters(status, unit, category, overdue, need, cursor)


Asked = Annotated[Filters, Depends(_filters)]
