"""Times as people type them."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from deploy.local.failures import WrongUsage

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def moment(said: str) -> datetime:
    """RFC 3339, or without a zone, then Vietnam's. Raises `WrongUsage`."""
    try:
        read = datetime.fromisoformat(said)
    except ValueError:
        raise WrongUsage(f"'{said}' is no time. Write it like 2026-11-25T09:00:00+07:00.") from None
    return read if read.tzinfo else read.replace(tzinfo=VIETNAM)


def span(said: str) -> timedelta | None:
    """`+45m`, also `+1h30m`; None where it is not such a word."""
    if not re.fullmatch(r"\+(\d+[smhd])+", said):
        return None
    parts = re.findall(r"(\d+)([smhd])", said)
    return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), timedelta())


def spoken(moment: datetime) -> str:
    """`25/11 09:00:00.120`, in Vietnam's time."""
    return moment.astimezone(VIETNAM).strftime("%d/%m %H:%M:%S.%f")[:-3]
