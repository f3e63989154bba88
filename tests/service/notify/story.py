"""Events as assign and intake would publish them, with plain defaults: one village, its team, a neighbour team."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.codes import new_code
from shared.events import people, places, requests, tickets
from shared.events.envelope import Event, Received
from shared.store import new_id

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
"""12:00 in Vietnam, a Wednesday."""

COMMUNE = "24121@2025-07-01"
RESIDENT = "+84905000001"
LEADER, HELPER, OTHER = "+84901000001", "+84901000002", "+84901000003"
NEIGHBOUR = "+84902000001"
SUPERVISOR = "+84903000001"


def received(event: Event, about: str = "", at: datetime = NOON, id: UUID | None = None) -> Received[Any]:
    """As the bus hands it over."""
    return Received(id or new_id(), about or getattr(event, "code", ""), at, uuid4().hex, event)


def person(id: str, phone: str, **changes: Any) -> people.Changed:
    """Somebody on duty in the first team, unless said otherwise."""
    values: dict[str, Any] = {
        "person_id": id,
        "revision": 1,
        "kind": "member",
        "full_name": "Nguyễn Văn An",
        "phone": phone,
        "team": "T-1",
        "team_name": "Tổ CNSCĐ Buôn Akŏ Dhông",
        "role": "member",
        "unit": "24121",
        "unit_path": ["66", "24121"],
        "province": "66",
        "skills": ["device"],
        "languages": ["vi"],
        "changed_at": NOON,
    }
    return people.Changed(**values | changes)


def everybody() -> list[people.Changed]:
    """The first team's three, the neighbour team's leader, and the commune's supervisor."""
    return [
        person("leader", LEADER, role="leader", full_name="H Rinh Niê", skills=["payments"]),
        person("helper", HELPER, full_name="Trần Thị Hoa"),
        person("other", OTHER, full_name="Lê Minh", skills=["training"]),
        person("neighbour", NEIGHBOUR, role="leader", team="T-2", full_name="Phạm Quang"),
        person("supervisor", SUPERVISOR, kind="supervisor", team=None, team_name=None, role=None),
    ]


def places_known() -> list[Event]:
    """The commune and two categories."""
    unit = places.UnitChanged(
        revision=1,
        changed_at=NOON,
        key=COMMUNE,
        code="24121",
        valid_from=datetime(2025, 7, 1, tzinfo=UTC).date(),
        name="Ea Kao",
        full_name="Phường Ea Kao",
        kind="commune",
        path=["66", "24121"],
        province="66",
    )
    names = [("device", "Điện thoại, máy", "Phone, device"), ("scam_safety", "Nghi bị lừa đảo", "A scam")]
    return [
        unit,
        *(
            places.CategoryChanged(revision=1, changed_at=NOON, code=code, name_vi=vi, name_en=en, position=1)
            for code, vi, en in names
        ),
    ]


class Story:
    """One ticket, told as events with rising versions."""

    def __init__(self, category: str = "device", at: datetime = NOON, code: str | None = None) -> None:
        self.code = code or new_code()
        self.category = category
        self.at = at
        self.version = 0
        self.request = uuid4()
        self.team: str | None = None
        self.member: str | None = None

    def submitted(self, phone: str = RESIDENT, add_to: bool = False, **facts: Any) -> requests.Submitted:
        values: dict[str, Any] = {
            "category": self.category,
            "description": "Máy hỏng",
            "phone": phone,
            "commune": COMMUNE,
        }
        return requests.Submitted(
            request_id=uuid4() if add_to else self.request,
            code=self.code,
            add_to=add_to,
            submitted_at=self.at,
            channel="web",
            facts=requests.RequestFacts(**{**values, "requester_name": "Y Wen Mlô", **facts}),
            promise=requests.Promise(
                response_due=self.at + timedelta(hours=2),
                resolution_due=self.at + timedelta(days=3),
                response_s=7200,
                resolution_s=86400,
                urgent=self.category == "scam_safety",
                calendar={},
            ),
        )

    def offered(self, *teams: str, **changes: Any) -> tickets.Offered:
        return self._offers(tickets.Offered, teams or ("T-1",), changes)

    def widened(self, *teams: str, **changes: Any) -> tickets.Widened:
        return self._offers(tickets.Widened, teams, {"reason": "silence"} | changes)

    def accepted(self, member: str = "helper", team: str = "T-1") -> tickets.Accepted:
        self.member, self.team = member, team
        return self._happens(tickets.Accepted, "accepted", word="47")

    def taken(self, *told: str, why: str = "taken", version: int | None = None) -> tickets.Taken:
        self.version -= 1  # told in the same change as the acceptance
        return self._happens(tickets.Taken, "accepted" if why != "cancelled" else "cancelled", told=list(told), why=why)

    def declined(self, team: str) -> tickets.Declined:
        return self._happens(tickets.Declined, "offered", declined_by=team, reason="busy")

    def resolved(self) -> tickets.Resolved:
        return self._happens(tickets.Resolved, "resolved", outcome="solved", closes_at=self.at + timedelta(hours=72))

    def reopened(self) -> tickets.Reopened:
        return self._happens(tickets.Reopened, "reopened")

    def closed(self, by: str = "system") -> tickets.Closed:
        return self._happens(tickets.Closed, "closed", by=by)

    def cancelled(self, by: str = "resident") -> tickets.Cancelled:
        return self._happens(tickets.Cancelled, "cancelled", by=by)

    def reassigned(self, from_team: str, to_team: str) -> tickets.Reassigned:
        self.team = self.member = None
        return self._happens(tickets.Reassigned, "offered", from_team=from_team, to_team=to_team)

    def unrouted(self, *told: str, reason: str = "no_team_near") -> tickets.Unrouted:
        return self._happens(tickets.Unrouted, "unrouted", told=list(told), reason=reason)

    def escalated(self, *told: str, what: str = "response", level: str = "commune") -> tickets.Escalated:
        return self._happens(tickets.Escalated, "offered", told=list(told), level=level, what=what)

    def warned(self, clock: str = "response", status: str = "offered") -> tickets.Warned:
        return self._happens(tickets.Warned, status, clock=clock, due_at=self.at + timedelta(hours=1))

    def _offers(self, kind: type[Any], teams: tuple[str, ...], changes: dict[str, Any]) -> Any:
        ring_at = changes.pop("ring_at", self.at)
        offers = [
            tickets.OfferFacts(
                offer_id=uuid4(), team=team, team_name=f"Tổ CNSCĐ Thôn {team}", metres=1234, ring_at=ring_at
            )
            for team in teams
        ]
        return self._happens(kind, "offered", offers=offers, **changes)

    def _happens(self, kind: type[Any], status: str, by: str = "system", **more: Any) -> Any:
        self.version += 1
        return kind(
            code=self.code,
            version=self.version,
            at=self.at,
            actor=tickets.Actor(kind=by),  # pyright: ignore[reportArgumentType]  (a test's word)
            status=status,
            category=self.category,
            urgent=self.category == "scam_safety",
            place=tickets.Place(
                province="66",
                commune=COMMUNE,
                commune_code="24121",
                commune_name="Phường Ea Kao",
                village_id="24121-01",
                village_name="Buôn Kbu",
                former_commune="Xã Hòa Khánh",
            ),
            unit_path=["66", "24121"],
            requests=[self.request],
            response_due=self.at + timedelta(hours=2),
            resolution_due=self.at + timedelta(days=3),
            team=self.team,
            team_name=f"Tổ CNSCĐ Thôn {self.team}" if self.team else None,
            member=self.member,
            **more,
        )
