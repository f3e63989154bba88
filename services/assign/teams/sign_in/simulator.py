"""What a simulated installation tells programs on its own machine: ways in, and who somebody is.

Only with the simulator, only to a caller on this machine; the gateway does not pass `/simulator` on.
"""

from ipaddress import ip_address

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assign.teams import store as teams
from services.assign.teams.sign_in.store import make_link
from services.assign.teams.tables import Member, Supervisor, Team
from shared.clock import Clock
from shared.identity import Principal, Role
from shared.settings import Settings
from shared.store import Store
from shared.vietnam.phones import parse_phone
from shared.web.problems import Problem


class Link(BaseModel):
    """A one-time way in for a role; `url` is whole."""

    role: str
    name: str
    url: str


class Person(BaseModel):
    """Somebody on duty: what a token that speaks for them must say."""

    person: str
    name: str
    role: Role
    phone: str
    unit: str
    team: str | None = None


def from_this_machine(request: Request) -> None:
    """Problem 404 for everybody else, and for what a proxy passed on."""
    host = request.client.host if request.client else ""
    if "x-forwarded-for" in request.headers or not _is_loopback(host):
        raise Problem(404)


def router(store: Store, settings: Settings) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/simulator", include_in_schema=False, dependencies=[Depends(from_this_machine)])

    @routes.post("/sign-in-links")
    async def sign_in_links() -> list[Link]:
        """One link each for an operator, a team's leader, and the supervisors of that team's commune and province."""
        async with store.begin() as unit:
            known = await _everyday_people(unit.connection)
            return [
                Link(
                    role=role,
                    name=principal.name,
                    url=f"{settings.public_url}/sign-in?link={await make_link(unit, principal, Clock.wall())}",
                )
                for role, principal in known.items()
            ]

    @routes.get("/leader")
    async def leader(team: str | None = None, phone: str | None = None) -> Person:
        """A team's leader, or, with a phone, the member who has it (in that team, where one is named)."""
        async with store.read() as connection:
            if phone is None:
                member = await teams.leader_of(connection, team) if team else None
            else:
                member, _ = await teams.people_by_phone(connection, parse_phone(phone) or phone)
            if member is None or team not in {None, member.team_code}:
                raise Problem(404)
            return await _member(connection, member)

    @routes.get("/person")
    async def person(phone: str) -> Person:
        """The member or supervisor who has this number."""
        async with store.read() as connection:
            member, supervisor = await teams.people_by_phone(connection, parse_phone(phone) or phone)
            if member:
                return await _member(connection, member)
            if supervisor:
                return _supervisor(supervisor)
            raise Problem(404)

    return routes


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "testclient"


async def _everyday_people(connection: AsyncConnection) -> dict[str, Principal]:
    """Somebody of each role who work together; an operator alone where no team is known yet."""
    people = {"operator": Principal(role=Role.OPERATOR, id="operator", name="Tổng đài viên")}
    team = await teams.first_team(connection)
    if team is None:
        return people
    leader = await teams.leader_of(connection, team.code)
    if leader:
        people["member"] = _principal(_of_team(leader, team))
    over = await teams.supervisors_over(connection, team.unit_path)
    for role, watching in (("commune_supervisor", over["commune"]), ("province_supervisor", over["province"])):
        if watching:
            people[role] = _principal(_supervisor(watching[0]))
    return people


def _principal(person: Person) -> Principal:
    return Principal(
        role=person.role, id=person.person, name=person.name, unit=person.unit, team=person.team, phone=person.phone
    )


async def _member(connection: AsyncConnection, member: Member) -> Person:
    team = await teams.team_by_code(connection, member.team_code)
    if team is None:
        raise Problem(404)
    return _of_team(member, team)


def _of_team(member: Member, team: Team) -> Person:
    return Person(
        person=member.id,
        name=member.full_name,
        role=Role.MEMBER,
        phone=member.phone,
        unit=team.commune_code,
        team=team.code,
    )


def _supervisor(supervisor: Supervisor) -> Person:
    return Person(
        person=supervisor.id,
        name=supervisor.full_name,
        role=Role.SUPERVISOR,
        phone=supervisor.phone,
        unit=supervisor.unit_code,
    )
