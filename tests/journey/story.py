"""Sixty requests from the first word to the last, step by step; what was seen at each step is kept for the tests."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle

from tests.journey.cases import Asked, sixty_requests
from tests.journey.hands import Hands, Json, Receipt
from tests.journey.oracle import Need, Oracle
from tests.journey.roster import Roster, Team
from tests.support.house import moment

ANSWERED_AFTER = 6
"""A team answers when so many more requests have come."""
_TAKING = cycle(("nhận {n}", "NHAN {n}", "Nhan{n}", "nhận việc {n}.", "NHẬN  {n}", "nhan {n} nhe"))
_FINISHING = cycle(("xong {n}", "XONG {n} đã hướng dẫn xong cho bác", "Xong{n}", "xong việc {n}"))
_DECLINING = cycle(("TUCHOI {n} bận việc", "từ chối {n}", "Tu choi {n} dang di ray"))


@dataclass
class Case:
    """One request and what the test knows of it by itself."""

    asked: Asked
    receipt: Receipt
    need: Need
    expected: list[Team]
    metres: dict[str, float]
    loads: dict[str, float]
    """Of the teams expected, when they were asked."""
    ticket: Json
    """As it was when teams had been asked, or nobody could be."""
    then: dict[str, Json] = field(default_factory=dict)
    """As it was at later steps, by name of the step."""
    asked_teams: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    owner: str | None = None
    expected_next: Team | None = None
    declines: int = 0
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    stars: int | None = None
    reopened: int = 0

    @property
    def code(self) -> str:
        return self.receipt.code

    @property
    def is_urgent(self) -> bool:
        return self.need.at_once > 1


class Story:
    """The steps, in order. Each is told to the oracle as it happens."""

    def __init__(self, hands: Hands, roster: Roster) -> None:
        self.hands = hands
        self.roster = roster
        self.oracle = Oracle(roster)
        self.cases: list[Case] = []

    def with_fate(self, *fates: str) -> list[Case]:
        return [case for case in self.cases if case.expected and case.asked.fate in fates]

    def ask_all(self) -> None:
        """Everybody asks; teams answer some requests later, what cannot wait at once."""
        for asked in sixty_requests(self.roster):
            case = self._ask(asked)
            self.cases.append(case)
            waiting = [one for one in self.cases[:-ANSWERED_AFTER] if one.owner is None] + [case] * case.is_urgent
            for one in waiting:
                self._answer(one)

    def answer_all(self) -> None:
        """Those who have not yet, answer, or decline; but for the silent."""
        for case in self.cases:
            if case.owner is None:
                self._answer(case)

    def widen(self) -> None:
        """Twenty minutes of silence pass: the next team is asked as well, and one of the two takes it."""
        silent = self.with_fate("widened, the second takes it", "widened, the first takes it")
        left = self.with_fate("left unanswered")
        expected: list[tuple[Case, Team]] = []
        for case in sorted([*silent, *left], key=lambda one: moment(one.ticket["offers"][0]["at"])):
            [team] = self.oracle.choose(case.need, 1, but=case.asked_teams)
            self._asked(case, team)
            expected.append((case, team))
        self.hands.house.clock("+21m")
        for case, team in expected:
            case.expected_next = team
            case.then["widened"] = self.hands.ticket_with_offers(case.code, 2)
        for case in silent:
            chosen = case.asked_teams[-1 if "second" in case.asked.fate else 0]
            self._take_by_sms(case, chosen)

    def work(self) -> None:
        """Work begins, waits, goes on; is done by SMS, API and page; residents rate, or say that it is not done."""
        owned = [case for case in self.cases if case.owner and "resolved" not in case.then]
        self._cancel(*self.with_fate("cancelled"))
        [kept] = self.with_fate("left in progress")
        self._start(kept)
        waiting = [case for case in owned if case.asked.fate == "accepted by API" and not case.is_urgent][:3]
        for case in waiting:
            self._wait(case)
        self.hands.house.clock("+30m")
        for case in waiting:
            self._go_on(case)
        for number, case in enumerate(owned):
            if case not in (kept, *self.with_fate("cancelled")):
                self._finish(case, by_sms=number % 2 == 0)
        self._rate_and_reopen()

    def three_days_later(self) -> None:
        """Nobody objects; of whom nobody answers, team after team is asked until all within reach were."""
        [left] = self.with_fate("left unanswered")
        while following := self.oracle.choose(left.need, 1, but=left.asked_teams):
            self._asked(left, following[0])
        self.hands.house.clock("+73h")
        for case in self.cases:
            seen = self.hands.ticket(case.code)
            assert seen
            case.then["later"] = seen

    def _ask(self, asked: Asked) -> Case:
        point = asked.pin or self.roster.communes[asked.commune]
        commune = asked.commune
        if asked.pin and not asked.village_team:
            commune = self.roster.commune_at(asked.pin, asked.commune)
        need = Need(asked.category, asked.language, point, commune, asked.village_team)
        expected = self.oracle.choose(need, need.at_once)
        loads = {team.code: self.oracle.load(team.code) for team in expected}
        receipt = self.hands.file(asked)
        ticket = self.hands.ticket_when(receipt.code, "offered", "unrouted")
        metres = {team.code: self.oracle.metres(team, need) for team in self.roster.teams.values()}
        case = Case(asked, receipt, need, expected, metres, loads, ticket)
        for team in expected:
            self._asked(case, team)
        return case

    def _asked(self, case: Case, team: Team) -> None:
        self.oracle.offers[team.code] += 1
        case.asked_teams.append(team.code)

    def _answer(self, case: Case) -> None:
        if not case.expected:
            return
        self.hands.wait_until_told(case.code, "offered", 2 * len(case.asked_teams))
        first = case.asked_teams[0]
        match case.asked.fate:
            case "accepted by SMS":
                self._take_by_sms(case, first)
            case "accepted by API" | "left in progress" | "cancelled":
                self._taken(case, first, self.hands.act(self.hands.leader_of(first), case.code, "acceptance"))
            case "accepted for a member by the supervisor":
                phone = self.roster.teams[first].leader.phone
                self.hands.text_on(phone, case.code, "offered")
                body = {"member": self.hands.person(phone, case.code)}
                self._taken(case, first, self.hands.act(self.hands.supervisor, case.code, "acceptance", **body))
            case "accepted on the page":
                self._taken(case, first, self.hands.accept_on_page(first, case.code))
            case "done by one SMS":
                self._say(first, case, next(_FINISHING))
                self._taken(case, first, self.hands.ticket_when(case.code, "resolved"))
                self._resolved(case, case.then["accepted"])
            case "declined by SMS" | "declined by API":
                self._decline(case, first)
                self._take_by_sms(case, case.asked_teams[-1])

    def _decline(self, case: Case, team: str) -> None:
        self.oracle.offers[team] -= 1
        case.gone.add(team)
        case.declines += 1
        [case.expected_next] = self.oracle.choose(case.need, 1, but=case.asked_teams)
        self._asked(case, case.expected_next)
        if case.asked.fate == "declined by SMS":
            self._say(team, case, next(_DECLINING))
        else:
            self.hands.act(self.hands.leader_of(team), case.code, "refusal", reason="busy", note="mùa cà phê")
        case.then["declined"] = self.hands.ticket_with_offers(case.code, 2)

    def _take_by_sms(self, case: Case, team: str) -> None:
        self._say(team, case, next(_TAKING))
        self._taken(case, team, self.hands.ticket_when(case.code, "accepted"))

    def _say(self, team: str, case: Case, words: str) -> None:
        """The leader answers from their phone, naming the ticket by the number they know it by."""
        phone = self.roster.teams[team].leader.phone
        self.hands.send_sms(phone, words.format(n=self.hands.short_number(phone, case.code)))

    def _taken(self, case: Case, team: str, ticket: Json) -> None:
        for asked in case.asked_teams:
            if asked not in case.gone:
                self.oracle.offers[asked] -= 1
        self.oracle.accepted[team] += 1
        case.owner = team
        case.then["accepted"] = ticket

    def _start(self, case: Case) -> None:
        case.then["started"] = self.hands.act(self._owner(case), case.code, "start")

    def _wait(self, case: Case) -> None:
        self.hands.act(self._owner(case), case.code, "waiting", reason="Bác hẹn chiều về")

    def _go_on(self, case: Case) -> None:
        ticket = self.hands.act(self._owner(case), case.code, "resumption")
        at = {entry["event"]: moment(entry["at"]) for entry in ticket["timeline"]}
        case.pauses.append((at["waiting"], at["resumed"]))

    def _finish(self, case: Case, *, by_sms: bool) -> None:
        assert case.owner
        if by_sms:
            self._say(case.owner, case, next(_FINISHING))
            self._resolved(case, self.hands.ticket_when(case.code, "resolved"))
        else:
            body = {"outcome": "solved", "note": "Đã cài lại, bác dùng được rồi"}
            self._resolved(case, self.hands.act(self._owner(case), case.code, "resolution", **body))

    def _resolved(self, case: Case, ticket: Json) -> None:
        assert case.owner
        self.oracle.accepted[case.owner] -= 1
        case.then["resolved"] = ticket

    def _cancel(self, *cases: Case) -> None:
        for case in cases:
            assert case.owner
            last4 = case.asked.phone[-4:]
            body = {"reason": "Con tôi làm giúp rồi", "phone_last4": last4}
            case.then["cancelled"] = self.hands.act(self.hands.resident, case.code, "cancellation", **body)
            self.oracle.accepted[case.owner] -= 1

    def _rate_and_reopen(self) -> None:
        done = [case for case in self.cases if "resolved" in case.then]
        for stars, case in zip((5, 4, 3), done[:3], strict=True):
            case.stars = stars
            body = {"stars": stars, "comment": "Cảm ơn các cháu", "phone_last4": case.asked.phone[-4:]}
            self.hands.act(self.hands.resident, case.code, "rating", **body)
        for stars, case in zip((5, 1), done[3:5], strict=True):
            case.stars = stars
            self.hands.send_sms(case.asked.phone, f"Đánh giá {stars} sao")
        self._reopen(done[5], done[6])

    def _reopen(self, by_sms: Case, by_api: Case) -> None:
        self.hands.send_sms(by_sms.asked.phone, "Chưa xong, máy lại báo lỗi")
        body = {"reason": "Vẫn chưa được", "phone_last4": by_api.asked.phone[-4:]}
        self.hands.act(self.hands.resident, by_api.code, "reopening", **body)
        for case in (by_sms, by_api):
            assert case.owner
            ticket = case.then["reopened"] = self.hands.ticket_when(case.code, "reopened")
            self.hands.wait_until_told(case.code, "reopened", 1)
            at = {entry["event"]: moment(entry["at"]) for entry in ticket["timeline"]}
            case.pauses.append((at["resolved"], at["reopened"]))
            case.reopened += 1
            self.oracle.accepted[case.owner] += 1
            self._start(case)
            self._finish(case, by_sms=False)

    def _owner(self, case: Case):
        assert case.owner
        return self.hands.leader_of(case.owner)


def two_digit_word(text: str) -> str:
    """The number by which a visitor is known at the door."""
    found = re.search(r"(?:So gap mat|for the number|at the door:) (\d\d)\b", text)
    assert found, text
    return found.group(1)
