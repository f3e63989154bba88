"""A small world for tests of assign: a store with the sample province, or with a few teams of the test's own."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update
from sqlmodel import col

from services.assign.base import TABLES
from services.assign.escalation.due import DueActions
from services.assign.places import store as places
from services.assign.places.start import begin_catalogue
from services.assign.places.tables import AdministrativeUnit
from services.assign.policies import store as policies
from services.assign.policies.tables import ToldPromise
from services.assign.teams.tables import Member, Supervisor, Team
from services.assign.tickets import store as ticket_store
from services.assign.tickets.actions import ACTIONS, Asker
from services.assign.tickets.asking import RESIDENT
from services.assign.tickets.doing import asking, do
from services.assign.tickets.events import TicketListener
from services.assign.tickets.lifecycle import Action
from services.assign.tickets.tables import Ticket
from shared.clock import Clock, local
from shared.codes import new_code
from shared.events import replies, requests
from shared.events.envelope import Received
from shared.identity import Principal, Role
from shared.store import Store, new_id
from shared.store.session import rows
from shared.working_time import Calendar, add_working

WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
"""09:00 in Vietnam, on a working day."""
PROVINCE, COMMUNE, NEIGHBOUR = "66@2025-07-01", "24121@2025-07-01", "24133@2025-07-01"
CENTRE = (12.68, 108.05)


class World:
    """assign's store, its clock, and short ways to make things happen in it."""

    def __init__(self, dsn: str) -> None:
        self.store = Store(dsn, TABLES, source="assign")
        self.clock = Clock()
        self.clock.set_now(WEDNESDAY)
        self.listener = TicketListener(self.clock)
        self.due = DueActions(self.store, self.clock)

    async def begin(self) -> "World":
        """Two communes of one province, their supervisors, the duties; no team yet."""
        async with self.store.begin() as unit:
            await begin_catalogue(unit, WEDNESDAY)
            await places.add_units(unit, [_unit(*PLACE) for PLACE in _PLACES], WEDNESDAY)
            people = [
                Supervisor(
                    id=f"s-{key[:5].rstrip('@')}",
                    unit=key,
                    unit_code=key.partition("@")[0],
                    full_name="Người trực",
                    phone=phone,
                )
                for key, phone in ((PROVINCE, "+84810000001"), (COMMUNE, "+84810000002"), (NEIGHBOUR, "+84810000003"))
            ]
            await unit.execute(insert(Supervisor), rows(Supervisor, people))
        return self

    async def team(self, code: str, *, metres: float = 0, commune: str = COMMUNE, **facts: Any) -> Team:
        """A team so many metres north of the centre, with a leader `L-code` and a member `M-code`."""
        defaults: dict[str, Any] = {"skills": ["payments", "device"], "speaks": ["vi"], "reachable": True}
        team = Team(
            code=code,
            name=f"Tổ {code}",
            commune=commune,
            commune_code=commune.partition("@")[0],
            unit_path=["66", commune.partition("@")[0]],
            province="66",
            lat=CENTRE[0] + metres / 111_195.08,
            lon=CENTRE[1],
            **(defaults | facts),
        )
        members = [
            Member(
                id=f"{letter}-{code}",
                team_code=code,
                full_name=f"Người {code}",
                phone=f"+8490{abs(hash((letter, code))) % 10**7:07d}",
                role=role,
            )
            for letter, role in (("L", "leader"), ("M", "member"))
        ]
        async with self.store.begin() as unit:
            await unit.execute(insert(Team), rows(Team, [team]))
            await unit.execute(insert(Member), rows(Member, members))
        return team

    async def change_team(self, code: str, **values: Any) -> None:
        async with self.store.begin() as unit:
            await unit.execute(update(Team).where(col(Team.code) == code).values(**values))

    async def team_now(self, code: str) -> Any:
        async with self.store.read() as connection:
            return (await connection.execute(text("select * from team where code = :code"), {"code": code})).one()

    async def submit(self, *events: requests.Submitted) -> None:
        """The batch arrives at assign."""
        async with self.store.begin() as unit:
            await self.listener.on_submitted(unit, [received(event) for event in events])

    async def ask(self, **facts: Any) -> str:
        """One request in the middle of the commune; the code of its ticket."""
        event = await self.request(**facts)
        await self.submit(event)
        return event.code

    async def request(
        self,
        *,
        code: str | None = None,
        at: datetime | None = None,
        channel: str = "web",
        add_to: bool = False,
        **facts: Any,
    ) -> requests.Submitted:
        """A request as intake tells it, promised by what it was told of the category there."""
        facts = {
            "category": "payments",
            "description": "Không biết quét mã QR",
            "phone": "+84905123456",
            "commune": COMMUNE,
        } | facts
        at = at or self.clock.now()
        async with self.store.read() as connection:
            told = await policies.told(connection, {"", PROVINCE, facts["commune"]})
        promised = _promised(told, facts, local(at).date())
        calendar = Calendar.from_dict(promised["calendar"])
        promise = requests.Promise(
            response_due=add_working(calendar, at, promised["response_s"]),
            resolution_due=add_working(calendar, at, promised["resolution_s"]),
            **promised,
        )
        return requests.Submitted(
            request_id=new_id(),
            code=code or new_code(),
            add_to=add_to,
            submitted_at=at,
            channel=channel,  # pyright: ignore[reportArgumentType]
            facts=requests.RequestFacts(**facts),
            promise=promise,
        )

    async def act(self, code: str, action: Action, who: Principal | None = None, **body: Any) -> Ticket:
        """Somebody on duty does it; the resident where nobody is named."""
        sent = ACTIONS[action][0](**body)
        ask = asking(who, action, sent.member) if who else _resident
        return await do(self.store, code, action, sent, ask, self.clock.now())

    async def reply(
        self, command: replies.Command, code: str, person: str | None, phone: str = "+84905123456", **facts: Any
    ) -> None:
        """A reply by SMS arrives at assign."""
        event = replies.Received(
            reply_id=new_id(), at=self.clock.now(), phone=phone, person=person, command=command, code=code, **facts
        )
        async with self.store.begin() as unit:
            await self.listener.on_reply(unit, [received(event)])

    async def ticket(self, code: str) -> Ticket:
        async with self.store.read() as connection:
            found = await ticket_store.find(connection, code)
        assert found is not None, code
        return found

    async def outcomes(self, code: str) -> dict[str, str]:
        """What became of each offer, by team."""
        async with self.store.read() as connection:
            found = await connection.execute(
                text("select team, outcome from offer where code = :code order by at, id"), {"code": code}
            )
            return {row.team: row.outcome for row in found}

    async def told(self, code: str) -> list[str]:
        """Types of the events told of a ticket, in order."""
        async with self.store.read() as connection:
            found = await connection.execute(
                text("select headers->>'ce-type' from outbox where about = :code order by position"), {"code": code}
            )
            return list(found.scalars())

    async def at(self, moment: datetime) -> None:
        """The clock is set forward; what falls due in between is done in order."""
        while (due := await self.due.work()) is not None and due <= moment:
            self.clock.set_now(max(due, self.clock.now()))
        self.clock.set_now(moment)
        await self.due.work()

    async def close(self) -> None:
        await self.store.close()


def member(team: str, letter: str = "L") -> Principal:
    return Principal(role=Role.MEMBER, id=f"{letter}-{team}", team=team, unit="24121")


SUPERVISOR = Principal(role=Role.SUPERVISOR, id="s-24121", unit="24121")
OPERATOR = Principal(role=Role.OPERATOR, id="op-1")


async def _resident(*_: object) -> Asker:
    return RESIDENT


def received(event: Any, id: UUID | None = None) -> Received[Any]:
    """An event as a listener hands it over."""
    return Received(id or new_id(), getattr(event, "code", "-"), datetime.now(UTC), "0" * 32, event)


_PLACES: Sequence[tuple[str, str, str | None, float, float]] = (
    (PROVINCE, "Đắk Lắk", None, 12.7, 108.2),
    (COMMUNE, "Tân Lập", PROVINCE, *CENTRE),
    (NEIGHBOUR, "Buôn Ma Thuột", PROVINCE, CENTRE[0] + 0.09, CENTRE[1]),
)


def _unit(key: str, name: str, parent: str | None, lat: float, lon: float) -> AdministrativeUnit:
    code = key.partition("@")[0]
    kind = "province" if parent is None else "commune"
    return AdministrativeUnit(
        key=key,
        code=code,
        valid_from=datetime(2025, 7, 1, tzinfo=UTC).date(),
        name=name,
        full_name=f"Phường {name}",
        kind=kind,
        parent=parent,
        path=["66"] if parent is None else ["66", code],
        province="66",
        lat=lat,
        lon=lon,
        sort_key=name,
    )


def _promised(told: Sequence[ToldPromise], facts: dict[str, Any], day: date) -> dict[str, Any]:
    """As intake chooses: the nearest unit that has a say, its latest word that has begun."""
    for unit in (facts["commune"], PROVINCE, ""):
        mine = [one for one in told if (one.unit, one.category) == (unit, facts["category"]) and one.valid_from <= day]
        if mine:
            return max(mine, key=lambda one: one.valid_from).facts
    raise AssertionError("nothing is promised")
