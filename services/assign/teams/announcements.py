"""People on duty as the events that tell notify and intake of them."""

from datetime import datetime

from services.assign.teams.tables import Member, Supervisor, Team
from shared.events import people
from shared.store import Unit


def tell_member(unit: Unit, member: Member, team: Team, at: datetime) -> None:
    """Owe `people.changed` for a member of `team`."""
    event = people.Changed(
        person_id=member.id,
        revision=member.revision,
        kind="member",
        full_name=member.full_name,
        phone=member.phone,
        shown_phone=member.phone if member.shows_phone else None,
        team=team.code,
        team_name=team.name,
        role="leader" if member.role == "leader" else "member",
        unit=team.commune_code,
        unit_path=team.unit_path,
        province=team.province,
        skills=member.skills,
        languages=member.languages,
        wake=member.wake,
        changed_at=at,
    )
    unit.publish(event, about=member.id, province=team.province, at=at)


def tell_supervisor(unit: Unit, supervisor: Supervisor, unit_path: list[str], at: datetime) -> None:
    """Owe `people.changed` for a supervisor of the unit at the end of `unit_path` (codes from the province down)."""
    event = people.Changed(
        person_id=supervisor.id,
        revision=supervisor.revision,
        kind="supervisor",
        full_name=supervisor.full_name,
        phone=supervisor.phone,
        unit=supervisor.unit_code,
        unit_path=unit_path,
        province=unit_path[0],
        changed_at=at,
    )
    unit.publish(event, about=supervisor.id, province=unit_path[0], at=at)


def tell_removed(unit: Unit, member: Member, province: str, at: datetime) -> None:
    """Owe `people.removed`."""
    event = people.Removed(person_id=member.id, revision=member.revision, removed_at=at)
    unit.publish(event, about=member.id, province=province, at=at)
