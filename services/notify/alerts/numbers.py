"""Short numbers: a person's own small number of each ticket, so that `NHAN 3` from any phone means one ticket.

A number is given with the first alert of a ticket and stays while the ticket is open. Numbers go round from 1 to 99, so
the same number comes again only after all others; a person with 99 open tickets gets three digits.
"""

from collections.abc import Set

LAST = 99


def next_number(last: int, held: Set[int]) -> int:
    """The number after `last` that names no open ticket of this person."""
    round_trip = [*range(last + 1, LAST + 1), *range(1, min(last, LAST) + 1)]
    free = next((number for number in round_trip if number not in held), None)
    return free if free is not None else max(held) + 1
