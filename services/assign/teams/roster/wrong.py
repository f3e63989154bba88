"""What is wrong with a roster, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Table = Literal["teams", "members"]


@dataclass(frozen=True)
class Wrong:
    """One thing to correct. `problem` names a sentence in `words.toml`, below `roster.`, and `said` are its values.

    `row` is the spreadsheet's: the heading is row 1. None where the trouble is with what the file does not say.
    """

    table: Table
    row: int | None
    column: str | None
    value: str | None
    problem: str
    said: Mapping[str, Any] = field(default_factory=dict[str, Any])


class RosterRefused(Exception):
    """Nothing was taken in."""

    def __init__(self, wrong: list[Wrong]) -> None:
        super().__init__(f"{len(wrong)} rows of the roster are wrong")
        self.wrong = wrong
