"""What somebody is told whose file cannot be made now."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.assign.reporting.exports.seats import AllTaken, AlreadyMaking
from shared.web.languages import say
from shared.web.problems import Problem

_RETRY = {"Retry-After": "60"}


@contextmanager
def room_for_one() -> Iterator[None]:
    """Problem 429: this person has one under way; 503: others do, or nothing can be written."""
    try:
        yield
    except AlreadyMaking:
        raise Problem(429, say("exports.already"), headers=_RETRY) from None
    except AllTaken:
        raise Problem(503, say("exports.all_taken"), headers=_RETRY) from None
    except OSError:
        raise Problem(503, say("exports.no_room"), headers=_RETRY) from None
