"""A small world for tests of intake: two communes with villages, the ten duties, a clock that stands at a Wednesday."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import text

from services.intake.app import build
from services.intake.catalogue import events as catalogue_events
from services.intake.tracking import events as tracking_events
from shared.codes import new_code
from shared.events import people, places, tickets
from shared.events.envelope import Event, Received
from shared.identity import Principal, Role
from shared.service import Service
from shared.settings import Settings
from shared.store import new_id
from shared.vietnam.holidays import office_hours, round_the_clock

WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
"""09:00 in Vietnam, on a working day."""
PROVINCE, COMMUNE, NEIGHBOUR = "66@2025-07-01", "24133@2025-07-01", "24154@2025-07-01"
HOUR = 3600.0
SECRET = "a secret for tests only"
ALL_HANDLERS = {
    **catalogue_events.handlers(lambda: None),
    **tracking_events.people_handlers(),
    **tracking_events.ticket_handlers(),
}


def settings(dsn: str, **changes: Any) -> Settings:
    """Of a service that nobody else can be reached from, unless a test says where."""
    nobody = "http://127.0.0.1:9"
    facts: dict[str, Any] = {
        "database_url": dsn,
        "nats_url": "nats://127.0.0.1:9",
        "secret_key": SECRET,
        "simulator": True,
        "public_url": "http://caunoi.test",
        "assign_url": nobody,
        "notify_url": nobody,
    }
    return Settings(**(facts | changes))


class World:
    """intake's app without its bus: events are handed to its handlers, requests go in by HTTP."""

    def __init__(self, service: Service, http: httpx.AsyncClient) -> None:
        self.service = service
        self.http = http
        self.clock = service.clock

    async def tell(self, *events: Event) -> None:
        """Let intake take events, as its listeners would."""
        for event in events:
            async with self.service.store.begin() as unit:
                await ALL_HANDLERS[type(event)](unit, [received(event)])
        await self.look()

    async def look(self) -> None:
        """Bring the catalogue in memory up to date at once."""
        for cycle in self.service.cycles:
            if cycle.name == "catalogue":
                await cycle._work()

    async def post(self, body: dict[str, Any], **headers: str) -> httpx.Response:
        return await self.http.post("/api/v1/requests", json=body, headers={"accept-language": "vi", **headers})

    async def file(self, **changes: Any) -> dict[str, Any]:
        """File a good request; the answer's body."""
        answer = await self.post(request(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def look_up(self, code: str, last4: str = "3456", **headers: str) -> httpx.Response:
        return await self.http.post(f"/api/v1/requests/{code}/lookup", json={"phone_last4": last4}, headers=headers)

    async def rows(self, query: str, **values: Any) -> Sequence[Any]:
        async with self.service.store.read() as connection:
            return (await connection.execute(text(query), values)).all()

    async def count(self, table: str) -> int:
        return (await self.rows(f"select count(*) from {table}"))[0][0]

    def token(self, role: Role = Role.OPERATOR) -> dict[str, str]:
        """Headers of somebody on duty."""
        token = self.service.tokens.issue(Principal(role=role, id="op-1", name="Trần Thị Mai"))
        return {"authorization": f"Bearer {token}"}


@asynccontextmanager
async def world(dsn: str, **changes: Any) -> AsyncIterator[World]:
    """intake's app over a migrated store that knows the places below."""
    service = build(settings(dsn, **changes))
    service.clock.set_now(WEDNESDAY)
    transport = httpx.ASGITransport(service.app, client=("127.0.0.1", 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://caunoi.test") as http:
        made = World(service, http)
        await made.tell(*catalogue())
        yield made
    for work in service._stopping:
        await work()
    await service.store.close()


def received(event: Event) -> Received[Any]:
    return Received(new_id(), "subject", WEDNESDAY, uuid4().hex, event)


def request(**changes: Any) -> dict[str, Any]:
    """A request as a program would send it."""
    return {
        "category": "payments",
        "description": "Không biết quét mã QR để trả tiền điện",
        "phone": "0905 123 456",
        "commune_code": "24133",
        "channel": "api",
    } | changes


def catalogue() -> list[Event]:
    """What assign tells of places on the first day."""
    return [
        unit(PROVINCE, "Đắk Lắk", "Tỉnh Đắk Lắk", kind="province"),
        unit(
            COMMUNE,
            "Buôn Ma Thuột",
            "Phường Buôn Ma Thuột",
            lat=12.68,
            lon=108.04,
            former=["Phường Tân Lợi (thành phố Buôn Ma Thuột)"],
        ),
        unit(
            NEIGHBOUR, "Ea Kao", "Phường Ea Kao", lat=12.61, lon=108.03, former=["Xã Ea Kao (thành phố Buôn Ma Thuột)"]
        ),
        village("v-1", "Buôn Akŏ Dhông", team_code="T-1"),
        village("v-2", "Thôn 10", former_commune="Xã Hòa Thắng"),
        village("v-3", "Thôn 2", former_commune="Xã Hòa Thắng"),
        village("v-9", "Buôn Tơng Jú", commune=NEIGHBOUR),
        category("payments", "Thanh toán, chuyển tiền", "Payments, transfers", 3),
        category("scam_safety", "Nghi bị lừa đảo", "I fear a scam", 6, urgent=True),
        promise("payments"),
        promise("scam_safety", response_s=HOUR / 2, resolution_s=4 * HOUR, urgent=True),
    ]


def unit(
    key: str, name: str, full_name: str, *, kind: str = "commune", revision: int = 1, **facts: Any
) -> places.UnitChanged:
    code, _, valid_from = key.partition("@")
    return places.UnitChanged(
        key=key,
        code=code,
        valid_from=date.fromisoformat(valid_from),
        valid_to=facts.get("valid_to"),
        name=name,
        full_name=full_name,
        kind=kind,
        parent=None if kind == "province" else PROVINCE,
        path=["66"] if kind == "province" else ["66", code],
        province="66",
        lat=facts.get("lat"),
        lon=facts.get("lon"),
        former_names=facts.get("former", []),
        revision=revision,
        changed_at=WEDNESDAY,
    )


def village(id: str, name: str, commune: str = COMMUNE, revision: int = 1, **facts: Any) -> places.VillageChanged:
    return places.VillageChanged(
        village_id=id, name=name, commune=commune, revision=revision, changed_at=WEDNESDAY, **facts
    )


def category(code: str, vi: str, en: str, position: int, revision: int = 1, **facts: Any) -> places.CategoryChanged:
    return places.CategoryChanged(
        code=code, name_vi=vi, name_en=en, position=position, revision=revision, changed_at=WEDNESDAY, **facts
    )


def promise(category: str, revision: int = 1, urgent: bool = False, **facts: Any) -> places.PromiseChanged:
    calendar = round_the_clock() if urgent else office_hours([2025, 2026, 2027])
    return places.PromiseChanged(
        category=category,
        unit=facts.get("unit"),
        retired=facts.get("retired", False),
        valid_from=facts.get("valid_from"),
        response_s=facts.get("response_s", 2 * HOUR),
        resolution_s=facts.get("resolution_s", 24 * HOUR),
        urgent=urgent,
        calendar=calendar.to_dict(),
        revision=revision,
        changed_at=WEDNESDAY,
    )


def member(id: str = "m-1", revision: int = 1, **facts: Any) -> people.Changed:
    return people.Changed(
        person_id=id,
        revision=revision,
        kind="member",
        full_name=facts.get("full_name", "H'Hen Niê"),
        phone="+84905000001",
        shown_phone=facts.get("shown_phone", "+84905000001"),
        team=facts.get("team", "T-1"),
        team_name=facts.get("team_name", "Tổ Buôn Akŏ Dhông"),
        role="leader",
        unit="24133",
        unit_path=["66", "24133"],
        province="66",
        changed_at=WEDNESDAY,
    )


def told(event: type[tickets.TicketEvent], code: str | None = None, version: int = 1, **facts: Any) -> Any:
    """An event of a ticket; `status` and what the event needs are said by the caller."""
    place = tickets.Place(province="66", commune=COMMUNE, commune_code="24133", commune_name="Buôn Ma Thuột")
    base: dict[str, Any] = {
        "code": code or new_code(),
        "version": version,
        "at": WEDNESDAY + timedelta(minutes=version),
        "actor": tickets.Actor(kind="system"),
        "category": "payments",
        "place": place,
        "unit_path": ["66", "24133"],
        "requests": [],
        "response_due": WEDNESDAY + timedelta(hours=2),
        "resolution_due": WEDNESDAY + timedelta(days=3),
    }
    return event(**(base | facts))


def offer(team: str = "T-1", name: str = "Tổ Buôn Akŏ Dhông") -> tickets.OfferFacts:
    return tickets.OfferFacts(offer_id=uuid4(), team=team, team_name=name, metres=850.0, ring_at=WEDNESDAY)


def life(code: str) -> dict[str, Any]:
    """The usual life of a ticket, event by event."""
    holder = {"team": "T-1", "team_name": "Tổ Buôn Akŏ Dhông", "member": "m-1"}
    closes = WEDNESDAY + timedelta(days=3)
    return {
        "offered": told(tickets.Offered, code, 1, status="offered", offers=[offer()]),
        "accepted": told(tickets.Accepted, code, 2, status="accepted", word="47", **holder),
        "started": told(tickets.Started, code, 3, status="in_progress", **holder),
        "resolved": told(tickets.Resolved, code, 4, status="resolved", outcome="solved", closes_at=closes, **holder),
        "closed": told(tickets.Closed, code, 5, status="closed", **holder),
    }
