"""What is heard of members' phones: a number that does not work, a member who wants no more, one who is back."""

from collections.abc import Sequence
from datetime import datetime

from services.assign.teams import store as teams
from services.assign.teams.announcements import tell_member
from services.assign.teams.tables import Member
from shared.events import messages
from shared.events.envelope import Received
from shared.store import Unit


async def on_failed(unit: Unit, events: Sequence[Received[messages.Failed]]) -> None:
    """`messages.failed`: whose number is wrong or closed cannot be reached until it is another, or they write."""
    bad = {event.data.person for event in events if event.data.address_is_bad and event.data.person}
    if bad:
        await teams.recount(unit, await teams.mark_bad(unit, bad, max(event.data.at for event in events)))


async def stop_member(unit: Unit, person_id: str, at: datetime) -> None:
    """The member wrote NGUNG: no more messages, and no team is asked for the sake of them alone."""
    await _counted_anew(unit, await teams.mark_stopped(unit, person_id, at), at)


async def resume_member(unit: Unit, person_id: str, at: datetime) -> str | None:
    """The member wrote something else, so the number works; the code of the team, where that was not so before."""
    member = await teams.mark_reachable(unit, person_id)
    await _counted_anew(unit, member, at)
    return member.team_code if member else None


async def _counted_anew(unit: Unit, member: Member | None, at: datetime) -> None:
    team = await teams.team_by_code(unit.connection, member.team_code) if member else None
    if member and team:
        await teams.recount(unit, [member.team_code])
        tell_member(unit, member, team, at)
