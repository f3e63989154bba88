"""Strangers' programs: they know `api.md`, the sample province's files, and what `caunoi token` prints."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any

import httpx

from deploy.sample.roster import make_roster
from tests.support.house import House, wait_until

Json = dict[str, Any]
COMMUNE, TEAM, NEIGHBOUR_TEAM, OTHER_COMMUNE = "24121", "24118-01", "24118-02", "24133"
PROBLEM = "application/problem+json"
_NUMBERS = count(1)


class People:
    """Callers by role, and short ways to bring a ticket where a test needs it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.parts = house.ps()
        self._open = ExitStack()
        self.anybody = self.caller()
        self.operator = self.caller("operator")
        self.leader = self.caller("member", "--team", TEAM)
        self.neighbour = self.caller("member", "--team", NEIGHBOUR_TEAM)
        self.supervisor = self.caller("supervisor", "--unit", COMMUNE)
        self.stranger = self.caller("supervisor", "--unit", OTHER_COMMUNE)
        self.administrator = self.caller("administrator")
        self.leader_phone = next(m.phone for m in make_roster()[1] if m.team_code == TEAM and m.role == "leader")

    def close(self) -> None:
        self._open.close()

    def cancel_all(self) -> None:
        """Give the teams their room back: a team holds five at most."""
        asked = {"status": "offered,unrouted,accepted,in_progress,waiting,reopened"}
        for ticket in self.administrator.get("/api/v1/tickets", params=asked).json()["items"]:
            self.administrator.post(f"/api/v1/tickets/{ticket['code']}/cancellation", json={"reason": "Thử xong"})

    def caller(self, role: str | None = None, *words: str, **headers: str) -> httpx.Client:
        return self._open.enter_context(self.house.caller(role, *words, **headers))

    def village(self, team: str = TEAM) -> str:
        """The id of this team's village."""
        found = self.anybody.get("/api/v1/catalogue/villages", params={"commune_code": COMMUNE}).json()
        return next(village["id"] for village in found if village["team_code"] == team)

    def request(self, **other: Any) -> Json:
        """A good body in the village of TEAM, from a number of its own."""
        body = {
            "category": "payments",
            "description": "Không biết quét mã QR để trả tiền điện",
            "phone": f"0961{next(_NUMBERS):06d}",
            "commune_code": COMMUNE,
            "village_id": self.village(),
            "channel": "api",
        }
        return {name: value for name, value in (body | other).items() if value is not None}

    def file(self, **other: Any) -> tuple[str, Json]:
        """A request that was taken: its code, and what was sent."""
        body = self.request(**other)
        answer = self.anybody.post("/api/v1/requests", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["code"], body

    def offered(self, **other: Any) -> tuple[str, str]:
        """A ticket put before TEAM: its code, and the last four digits of the resident's number."""
        code, body = self.file(**other)
        self.ticket(code, "offered")
        return code, body["phone"][-4:]

    def accepted(self) -> tuple[str, str]:
        code, last4 = self.offered()
        self.act(self.leader, code, "acceptance")
        return code, last4

    def resolved(self) -> tuple[str, str]:
        code, last4 = self.accepted()
        self.act(self.leader, code, "resolution", outcome="solved")
        return code, last4

    def ticket(self, code: str, *statuses: str) -> Json:
        """As the commune's supervisor sees it, once it has one of the statuses (any, where none is named)."""

        def look() -> Json | None:
            answer = self.supervisor.get(f"/api/v1/tickets/{code}")
            is_there = answer.status_code == 200 and (not statuses or answer.json()["status"] in statuses)
            return answer.json() if is_there else None

        return wait_until(look, why=lambda: f"{code} is not {statuses}", pause_s=0.05)

    def act(self, who: httpx.Client, code: str, verb: str, **body: Any) -> Json:
        answer = who.post(f"/api/v1/tickets/{code}/{verb}", json=body)
        assert answer.status_code == 201, f"{verb}: {answer.text}"
        return answer.json()


def known_people(house: House) -> Iterator[People]:
    """For a fixture."""
    people = People(house)
    yield people
    people.close()


def is_problem(answer: httpx.Response, status: int, *fields: str) -> None:
    """RFC 9457, naming each of the fields with a sentence."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith(PROBLEM)
    problem = answer.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["status"] == status
    found = problem.get("errors", [])
    assert all(set(error) == {"field", "problem"} and error["problem"] for error in found)
    assert set(fields) <= {error["field"] for error in found}, found
