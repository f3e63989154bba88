"""When the rest of a team is told of an offer, beside its leader and one member: rules over values.

What is urgent is told to everybody of the team who can be reached, as soon as the offer rings. Anything else waits:
only when nobody of the team has answered after `Rest.after`, at most `Rest.most` more with the skill are told, well
before the next team is asked as well. At night the rest sleeps, whatever it is; leader and member are awake for them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notify.alerts.night import is_night, morning_after


@dataclass(frozen=True, slots=True)
class Rest:
    """The policy of an installation: each further text costs money."""

    after: timedelta = timedelta(minutes=10)
    most: int = 3
    """For each offer that is not urgent."""


def rings_at(offer_rings: datetime, *, urgent: bool, after: timedelta) -> datetime:
    """When the rest is told, if the offer is still open then."""
    at = offer_rings if urgent else offer_rings + after
    return morning_after(at) if is_night(at) else at
