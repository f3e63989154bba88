"""The month is played in a real house: the clock is moved to each time of the plan, and people do what they do then."""

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any

import httpx

from deploy.cli.running import Running
from deploy.local.clock_file import time_here
from deploy.local.home import Home
from deploy.local.state import read_state
from deploy.local.stepping import Stepper
from deploy.sample.requests import SampleRequest
from tests.journey.month.plan import END, Plan, Planned
from tests.support.house import PATIENCE_S, House, moment

Json = dict[str, Any]
AT_ONCE = 6
PROVINCE = "66"
PAYMENTS_ANEW = {"response_s": 3 * 3600.0, "resolution_s": 12 * 3600.0}
FINISHED = ("resolved", "closed", "cancelled")
FAR_TEAM = "24118-01"
"""Lent by a supervisor where nobody is near."""
A_MOMENT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(days=7)
"""A wait without an end goes on by itself then."""
OBJECTION = timedelta(hours=72)
_FIELDS = ("category", "description", "phone", "requester_name", "lat", "lon", "language", "commune_code")
_TOLD_AS = {
    "accept": "accepted", "take last": "accepted", "decline": "declined", "start": "started", "wait": "waiting",
    "go on": "resumed", "finish": "resolved", "reopen": "reopened", "give back": "declined", "rate": "rated",
    "cancel": "cancelled", "close": "closed", "reassign": "reassigned",
}  # fmt: skip
"""The deed's name in a ticket's timeline."""
_AFTER = {
    "start": "started", "wait": "waiting", "go on": "started", "finish": "resolved", "reopen": "reopened",
    "give back": "offered", "cancel": "cancelled", "close": "closed",
}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What somebody did, when, and the team that did it."""

    at: datetime
    what: str
    team: str | None = None
    stars: int = 0
    by_itself: bool = False


@dataclass
class Case:
    """A request, and what the test itself did with it."""

    sample: SampleRequest
    code: str = ""
    did: list[Done] = field(default_factory=list[Done])
    team: str | None = None
    status: str = ""
    until: datetime | None = None
    """Of an appointment."""
    ticket: Json = field(default_factory=dict[str, Any])
    """As it stands at the end."""
    anew_at: datetime | None = None
    """When another promise was made for it."""

    @property
    def is_urgent(self) -> bool:
        return self.sample["category"] == "scam_safety"

    def note(self, done: Done, status: str) -> None:
        self.did.append(done)
        self.status = status


class Month:
    """Everybody's hands on one house for a month. To be closed."""

    def __init__(self, house: House, plan: Plan) -> None:
        self.house, self.plan = house, plan
        self.cases = [Case(sample) for sample in plan.asked]
        self._open = ExitStack()
        home = Home(house.folder)
        state = read_state(home.state)
        assert state, "the house runs"
        self._running = Running(home, state)
        self._stepper = Stepper(self._running.clients(), home.clock)
        self.resident = self._caller()
        self.operator = self._caller("operator")
        self.supervisor = self._caller("supervisor", unit=PROVINCE)
        self.browser = httpx.Client(
            base_url=house.address,
            cookies={"caunoi_session": self._running.sign("supervisor", id="supervisor", unit=PROVINCE)},
            timeout=PATIENCE_S,
            trust_env=False,
            follow_redirects=True,
        )
        self._open.enter_context(self.browser)
        self._leaders: dict[str, httpx.Client] = {}
        self._lock = Lock()
        self._promised_anew = False

    def close(self) -> None:
        self._open.close()

    def play(self) -> None:
        """From the first day to the last; afterwards the clock stands at the end of it."""
        with ThreadPoolExecutor(AT_ONCE) as hands:
            for at, planned in self.plan.deeds.items():
                self._move(at)
                of_each: defaultdict[int, list[Planned]] = defaultdict(list)
                for one in planned:
                    of_each[one.number].append(one)
                list(hands.map(self._do_in_turn, of_each.values()))
            self._move(END)
            list(hands.map(self._look, self.cases))

    def metrics(self, by: str, unit: str = PROVINCE, **days: str) -> Json:
        answer = self.supervisor.get("/api/v1/metrics", params={"unit": unit, "by": by, **days})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _move(self, at: datetime) -> None:
        self._stepper.move_to(max(at, self._now()))
        now = self._now()
        for case in self.cases:
            _time_passes(case, now)

    def _now(self) -> datetime:
        return time_here(self._stepper.file)

    def _do_in_turn(self, planned: list[Planned]) -> None:
        for one in planned:
            case = self.cases[one.number]
            ways: dict[str, Callable[[], object]] = {
                "ask": partial(self._ask, case),
                "accept": partial(self._accept, case, 0),
                "take last": partial(self._accept, case, -1),
                "decline": partial(self._decline, case),
                "give back": partial(self._give_back, case),
                "start": partial(self._by_owner, case, "start", "start", ("accepted",)),
                "wait": partial(self._wait, case, one.number),
                "go on": partial(self._by_owner, case, "go on", "resumption", ("waiting",)),
                "finish": partial(self._finish, case),
                "reopen": partial(self._by_resident, case, "reopen", "reopening", ("resolved",), reason="Vẫn lỗi"),
                "rate": partial(self._rate, case, one.stars),
                "cancel": partial(self._cancel, case),
                "close": partial(self._by_resident, case, "close", "closure", ("resolved",)),
                "policy": self._promise_anew,
            }
            ways[one.deed]()

    def _ask(self, case: Case) -> None:
        sample = case.sample
        body = {name: sample[name] for name in _FIELDS if sample[name] is not None}
        who = self.operator if sample["channel"] == "hotline" else self.resident
        answer = who.post("/api/v1/requests", json=body | {"channel": sample["channel"]})
        assert answer.status_code == 201, answer.text
        case.code = answer.json()["code"]
        case.note(Done(moment(answer.json()["submitted_at"]), "ask"), "offered")
        if sample["category"] == "payments" and self._promised_anew:
            case.anew_at = case.did[0].at

    def _accept(self, case: Case, which: int) -> None:
        """By the first of the teams that hold an offer, or the last; where nobody is near, a supervisor names one."""
        if case.status != "offered":
            return
        asked = self._asked_teams(case)
        if not asked:
            wish = {"team": FAR_TEAM, "reason": "Không có tổ nào gần"}
            self._act(case, self.supervisor, "reassign", "reassignment", "offered", **wish)
            asked = [FAR_TEAM]
        case.team = asked[which]
        self._act(case, self._leader(case.team), "accept", "acceptance", "accepted")

    def _decline(self, case: Case) -> None:
        if case.status == "offered" and (asked := self._asked_teams(case)):
            self._act(case, self._leader(asked[0]), "decline", "refusal", "offered", by=asked[0], reason="busy")

    def _wait(self, case: Case, number: int) -> None:
        """For an appointment, or until the member goes on."""
        until = self._now().replace(microsecond=0) + timedelta(hours=30) if number % 3 == 0 else None
        wish = {"reason": "Bác đi vắng"} | ({"until": until.isoformat()} if until else {})
        if self._by_owner(case, "wait", "waiting", ("accepted", "started", "reopened"), **wish):
            case.until = until or case.did[-1].at + LONGEST_WAIT

    def _finish(self, case: Case) -> None:
        possible = ("accepted", "started", "waiting", "reopened")
        self._by_owner(case, "finish", "resolution", possible, outcome="solved", note="Bác dùng được rồi")

    def _give_back(self, case: Case) -> None:
        """What came back is too much: whoever is near is asked again."""
        if self._by_owner(case, "give back", "refusal", ("reopened",), reason="busy"):
            case.team = None

    def _rate(self, case: Case, stars: int) -> None:
        if not any(done.what == "rate" for done in case.did):
            self._by_resident(case, "rate", "rating", ("resolved", "closed"), stars=stars)

    def _cancel(self, case: Case) -> None:
        possible = ("offered", "unrouted", "accepted", "started", "waiting", "reopened")
        self._by_resident(case, "cancel", "cancellation", possible, reason="Con tôi làm giúp rồi")

    def _promise_anew(self) -> None:
        """The province promises otherwise for payments from here on, also to those who have not been helped yet."""
        where = {"unit": PROVINCE, "open_tickets": "apply"}
        answer = self.supervisor.put("/api/v1/policies/payments", params=where, json=PAYMENTS_ANEW)
        assert answer.status_code == 200, answer.text
        self._promised_anew = True
        for case in self.cases:
            if case.code and case.sample["category"] == "payments" and case.status not in FINISHED:
                case.anew_at = self._now()

    def _by_owner(self, case: Case, what: str, action: str, possible: tuple[str, ...], **body: Any) -> bool:
        if case.status not in possible or case.team is None:
            return False
        self._act(case, self._leader(case.team), what, action, _AFTER.get(what, case.status), **body)
        return True

    def _by_resident(self, case: Case, what: str, action: str, possible: tuple[str, ...], **body: Any) -> None:
        if case.status in possible and not (case.status == "resolved" and self._is_about_to_close(case)):
            body |= {"phone_last4": case.sample["phone"][-4:]}
            self._act(case, self.resident, what, action, _AFTER.get(what, case.status), **body)

    def _is_about_to_close(self, case: Case) -> bool:
        """Whoever is that late is not waited for."""
        return _finished_at(case) + OBJECTION < self._now() + A_MOMENT

    def _act(
        self, case: Case, who: httpx.Client, what: str, action: str, after: str, by: str | None = None, **body: Any
    ) -> None:
        answer = who.post(f"/api/v1/tickets/{case.code}/{action}", json=body)
        assert answer.status_code == 201, f"{what} {case}: {answer.text}"
        told = [entry for entry in answer.json()["timeline"] if entry["event"] == _TOLD_AS[what]]
        case.note(Done(moment(told[-1]["at"]), what, by or case.team, body.get("stars", 0)), after)

    def _asked_teams(self, case: Case) -> list[str]:
        """Teams that hold an offer now, in the order in which they were asked."""
        return [offer["team"] for offer in self._ticket(case)["offers"] if offer["outcome"] == "open"]

    def _look(self, case: Case) -> None:
        """As it stands at the end; it closed by itself within a moment of its time. A wait ends when it was to end."""
        case.ticket = self._ticket(case)
        for place, done in enumerate(case.did):
            if done.by_itself and done.what == "close":
                at = _told_at(case.ticket, _TOLD_AS[done.what], done.at)
                case.did[place] = replace(done, at=at)

    def _ticket(self, case: Case) -> Json:
        answer = self.supervisor.get(f"/api/v1/tickets/{case.code}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _leader(self, team: str) -> httpx.Client:
        with self._lock:
            if team not in self._leaders:
                found = self._running.client("assign", self._running.administrator()).get(
                    f"/simulator/leader?team={team}"
                )
                who = found.body
                self._leaders[team] = self._caller(
                    "member", id=who["person"], name=who["name"], phone=who["phone"], team=team, unit=who["unit"]
                )
            return self._leaders[team]

    def _caller(self, role: str | None = None, **who: str) -> httpx.Client:
        signed = {"authorization": f"Bearer {self._running.sign(role, **({'id': role} | who))}"} if role else {}
        client = httpx.Client(base_url=self.house.address, headers=signed, timeout=PATIENCE_S, trust_env=False)
        return self._open.enter_context(client)


def _told_at(ticket: Json, event: str, about: datetime) -> datetime:
    """When it really happened: a busy machine is late by seconds."""
    times = [moment(entry["at"]) for entry in ticket["timeline"] if entry["event"] == event]
    return next(at for at in times if timedelta() <= at - about < A_MOMENT)


def _time_passes(case: Case, now: datetime) -> None:
    """What happens by itself: an appointment comes, three days pass without objection."""
    if case.status == "waiting" and case.until and case.until <= now:
        case.note(Done(case.until, "go on", case.team, by_itself=True), "started")
    if case.status == "resolved":
        closes_at = _finished_at(case) + OBJECTION
        if closes_at <= now:
            case.note(Done(closes_at, "close", case.team, by_itself=True), "closed")


def _finished_at(case: Case) -> datetime:
    return max(done.at for done in case.did if done.what == "finish")
