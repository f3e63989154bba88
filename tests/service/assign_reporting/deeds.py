"""Deeds of residents, teams and supervisors, done with the real store; what a ticket's maker knows is noted beside."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from services.assign.calendars import changing as calendars
from services.assign.calendars.own import OwnCalendar
from services.assign.counting.folding import Folding
from services.assign.escalation.due import DueActions
from services.assign.places import store as places
from services.assign.places.tables import AdministrativeUnit, Policy
from services.assign.policies import changing as policies
from services.assign.policies.applying import Applying
from services.assign.tickets.actions import Forbidden, NotPossible
from services.assign.tickets.actions.ground import WrongValue
from services.assign.tickets.events import TicketListener
from services.assign.tickets.lifecycle import OWNED, TABLE, Action, Status, Who, next_status
from shared.clock import Clock
from shared.events import messages, requests
from shared.identity import Principal, Role
from shared.store import new_id
from shared.working_time import Hours
from tests.service.assign_reporting.slow_figures import BEGIN, Entry, Life, Promise, minute_of
from tests.support.assign import COMMUNE, NEIGHBOUR, PROVINCE, World, member, received

WEDNESDAY = BEGIN + timedelta(days=3, hours=8)
"""08:00 on 30 December: two working days, New Year, a weekend follow."""
TEAMS = {"an": COMMUNE, "binh": COMMUNE, "chi": NEIGHBOUR, "dung": NEIGHBOUR}
URGENT = Promise(30, 240, "always")
_HISTORY = text("""
    select code, at, event, status, facts from change
    where event not like 'clocks.%' and event <> 'tickets.escalated' order by id""")
OVER_ALL = Principal(role=Role.SUPERVISOR, id="s-66", unit="66")
BODIES: dict[Action, dict[str, Any]] = {
    Action.REFUSAL: {"reason": "busy"},
    Action.WAITING: {"reason": "bác hẹn chiều mai"},
    Action.RESOLUTION: {"outcome": "solved"},
    Action.REOPENING: {"reason": "vẫn chưa được"},
    Action.CANCELLATION: {"reason": "thôi không cần"},
    Action.REASSIGNMENT: {"reason": "gần hơn"},
}


WHAT_PEOPLE_DO = [
    *Action, *[Action.ACCEPTANCE] * 6, *[Action.WAITING] * 2, *[Action.RESOLUTION] * 2, *[Action.REOPENING] * 2,
]  # fmt: skip
"""Some more often than others, so that lives become long."""


class StillClock(Clock):
    """It stands still between deeds, so that everything happens at whole minutes."""

    _at = WEDNESDAY

    def now(self) -> datetime:
        return self._at

    def set_now(self, now: datetime) -> None:
        self._at = now


@dataclass
class Ask:
    """A request as intake told it, and the newest word on it."""

    event: requests.Submitted
    revision: int = 0


@dataclass
class Lives:
    """A world of two communes and four teams, and everything that is known of its tickets."""

    world: World
    lives: list[Life] = field(default_factory=list[Life])
    asks: list[Ask] = field(default_factory=list[Ask])
    said: dict[tuple[str, str], Promise] = field(default_factory=dict[tuple[str, str], Promise])
    """What supervisors have promised, by category and unit."""

    @classmethod
    async def begin(cls, dsn: str) -> "Lives":
        world = World(dsn)
        world.clock = StillClock()
        world.listener, world.due = TicketListener(world.clock), DueActions(world.store, world.clock)
        await world.begin()
        for metres, (code, commune) in enumerate(TEAMS.items()):
            far = 9_900 if commune == NEIGHBOUR else 0
            await world.team(code, metres=far + 250 * metres, commune=commune, capacity=1 + metres)
        usual = Promise(120, 3 * 480, "office")
        lives = cls(world, said={("payments", ""): usual, ("device", ""): usual, ("scam_safety", ""): URGENT})
        await lives._neighbours_have_hours_of_their_own()
        return lives

    @property
    def now(self) -> int:
        return minute_of(self.world.clock.now())

    async def ask(self, category: str, commune: str, channel: str, late: int) -> None:
        """Somebody asks; assign hears of it so many minutes later."""
        at = self.world.clock.now() - timedelta(minutes=late)
        event = await self.world.request(category=category, commune=commune, channel=channel, at=at)
        await self.world.submit(event)
        self.asks.append(Ask(event))
        promise = Promise(int(event.promise.response_s / 60), int(event.promise.resolution_s / 60), "")
        hours = _hours(event.promise.urgent, commune)
        self.lives.append(Life(event.code, _code(commune), category, channel, [(0, promise._replace(hours=hours))]))

    async def act(self, number: int, choice: int, person: int, value: int) -> None:
        """Somebody does one of the things that are possible now."""
        life = self.lives[number % len(self.lives)]
        before = Status(life.status)
        possible = [action for action in WHAT_PEOPLE_DO if next_status(action, before)]
        if not possible:
            return
        action = possible[choice % len(possible)]
        team = self._team(life, person)
        body = BODIES.get(action, {}) | self._values(action, value)
        with suppress(NotPossible, Forbidden, WrongValue):
            await self.world.act(life.code, action, _who(action, team), **body)
            self._note_owner(life, action, before, team)

    def _team(self, life: Life, person: int) -> str:
        asked = [offer["team"] for entry in life.history for offer in entry.facts.get("offers", ())]
        near = [life.team] if life.team else asked or list(TEAMS)
        return near[-1 - person % len(near)]

    def _values(self, action: Action, value: int) -> dict[str, Any]:
        if action is Action.RATING:
            return {"stars": 1 + value % 5}
        if action is Action.REASSIGNMENT:
            return {"team": list(TEAMS)[value % len(TEAMS)]}
        if action is Action.WAITING and value % 2:
            return {"until": self.world.clock.now() + timedelta(hours=value)}
        return {}

    def _note_owner(self, life: Life, action: Action, before: Status, team: str) -> None:
        if action is Action.ACCEPTANCE:
            life.team = team
        elif (before in OWNED and action is Action.REASSIGNMENT) or (action is Action.REFUSAL and before == "reopened"):
            life.team = None

    async def passes(self, minutes: int) -> None:
        """The clock is moved; what falls due happens in its time."""
        await self.world.at(self.world.clock.now() + timedelta(minutes=minutes))

    async def sleeps(self, minutes: int) -> None:
        """Without power: what fell due happens when it is back."""
        self.world.clock.set_now(self.world.clock.now() + timedelta(minutes=minutes))
        await self.world.at(self.world.clock.now())

    async def correct(self, number: int, category: str, commune: str, is_old: bool) -> None:
        """An operator corrects a request; an older correction that comes late counts for nothing."""
        number %= len(self.lives)
        ask, life = self.asks[number], self.lives[number]
        ask.revision += not is_old
        facts = ask.event.facts.model_copy(update={"category": category, "commune": commune})
        event = requests.Corrected(
            request_id=ask.event.request_id,
            code=life.code,
            corrected_at=self.world.clock.now(),
            by="op-1",
            revision=ask.revision,
            facts=facts,
        )
        if not is_old:
            life.category, life.commune = category, _code(commune)
        async with self.world.store.begin() as unit:
            await self.world.listener.on_corrected(unit, [received(event), received(event)])

    async def join(self, number: int) -> None:
        """Somebody else asks for the same, twice told: what was thought done is open again."""
        life = self.lives[number % len(self.lives)]
        event = await self.world.request(code=life.code, add_to=True)
        await self.world.submit(event)
        await self.world.submit(event, event)

    async def doubled(self, number: int) -> None:
        """What is known already is told again."""
        await self.world.submit(self.asks[number % len(self.asks)].event)

    async def unreached(self, number: int, person: int) -> None:
        """No phone of a team that was asked could be reached."""
        life = self.lives[number % len(self.lives)]
        failed = messages.Failed(
            message_id=new_id(),
            at=self.world.clock.now(),
            alert="offered",
            channel="sms",
            codes=[life.code],
            team=self._team(life, person),
            reason="x",
            nobody_reached=True,
        )
        async with self.world.store.begin() as unit:
            await self.world.listener.on_failed(unit, [received(failed)])

    async def promise(self, category: str, unit: str, targets: tuple[int, int], urgent: bool, to_open: bool) -> None:
        """A supervisor promises otherwise from today on; with `to_open` also to whom it was promised already."""
        response, resolution = targets
        policy = Policy(
            category=category, unit=unit, response_s=response * 60, resolution_s=resolution * 60, urgent=urgent
        )
        async with self.world.store.begin() as work:
            place = await self._place(work.connection, unit)
            await policies.change(work, place, policy, self.world.clock.now(), "s-66", open_tickets=to_open)
        self.said[category, unit] = Promise(response, resolution, "always" if urgent else "office")
        if to_open:
            self._promise_anew(category, unit)
            applying = Applying(self.world.store, self.world.clock)
            while await applying.work():
                pass

    def _promise_anew(self, category: str, unit: str) -> None:
        for life in self.lives:
            units = [key for key in (_key(life.commune), PROVINCE, "") if (category, key) in self.said]
            if (
                life.category == category
                and units[0] == unit
                and life.status not in ("resolved", "closed", "cancelled")
            ):
                said = self.said[category, unit]
                promise = said._replace(hours=_hours(said.hours == "always", _key(life.commune)))
                life.promises.append((len(life.history), promise))

    async def folds(self) -> None:
        """What was counted so far goes into the days."""
        await Folding(self.world.store, self.world.clock).work()

    async def read_histories(self) -> None:
        """What the store has written of each ticket so far."""
        of: dict[str, list[Entry]] = {life.code: [] for life in self.lives}
        async with self.world.store.read() as connection:
            for change in await connection.execute(_HISTORY):
                of[change.code].append(Entry(minute_of(change.at), change.event, change.status, change.facts))
        for life in self.lives:
            life.history = of[life.code]

    async def _place(self, connection: Any, unit: str) -> AdministrativeUnit | None:
        return (await places.units_by_key(connection, [unit]))[unit] if unit else None

    async def _neighbours_have_hours_of_their_own(self) -> None:
        day = (Hours.of("08:00", "12:00"), Hours.of("14:00", "18:00"))
        own = OwnCalendar((day,) * 6 + ((),))
        async with self.world.store.begin() as unit:
            place = await self._place(unit.connection, NEIGHBOUR)
            await calendars.change(unit, place, own, self.world.clock.now(), "s-24133")


def _who(action: Action, team: str) -> Principal | None:
    parts = TABLE[action].who
    if parts & {Who.ASKED, Who.OWNER}:
        return member(team)
    return None if Who.RESIDENT in parts else OVER_ALL


def _hours(urgent: bool, commune: str) -> str:
    if urgent:
        return "always"
    return "neighbour" if commune == NEIGHBOUR else "office"


def _code(key: str) -> str:
    return key.partition("@")[0]


def _key(code: str) -> str:
    return f"{code}@2025-07-01"
