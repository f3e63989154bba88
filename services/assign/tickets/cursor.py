"""Where a page of a list ends: opaque to the caller, a time and a code to us."""

import base64
import binascii
from datetime import UTC, datetime

from services.assign.tickets.tables import Ticket
from shared.codes import parse_code
from shared.web.languages import say
from shared.web.problems import Problem


def write_cursor(last: Ticket) -> str:
    """The next page begins after this ticket."""
    return base64.urlsafe_b64encode(f"{last.submitted_at.isoformat()}|{last.code}".encode()).decode()


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """Problem 422 for what we did not write."""
    try:
        at, _, code = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or parse_code(code) is None:
            raise ValueError(at)
        return moment.astimezone(UTC), code
    except (ValueError, OverflowError, binascii.Error):  # overflow: in UTC it was before year 1, or after 9999
        raise Problem(422, errors={"cursor": say("tickets.bad_cursor")}) from None
