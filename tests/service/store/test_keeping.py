"""Old bookkeeping goes, what is needed stays; erasing a person leaves nothing of theirs behind."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text
from sqlmodel import SQLModel

from shared.clock import Clock
from shared.events.people import Changed
from shared.store.base import table_of
from shared.store.keeping import forget_old, scrub
from tests.service.bus.world import AT, TABLES, Part
from tests.service.store.test_gather import part

__all__ = ["part"]


async def count(part: Part, table: type[SQLModel]) -> int:
    async with part.store.read() as connection:
        return len((await connection.execute(select(table_of(table).c.about))).all())


async def test_published_events_go_after_seven_days_and_owed_ones_never(part: Part) -> None:
    await part.publish(*range(30))
    async with part.store.begin() as unit:
        rows = (await unit.execute(select(table_of(TABLES.outbox).c.id).order_by(text("position")))).scalars().all()
        for position, days in ((0, 8), (1, 8), (2, 6)):
            await unit.execute(text(_AGED), {"new": _id_of_age(days), "days": days, "id": rows[position]})
        await unit.execute(text("update outbox set id = :new where id = :id"), {"new": _id_of_age(9), "id": rows[3]})
    assert await forget_old(part.store) == 2
    assert await count(part, TABLES.outbox) == 28
    assert await part.owed() == 27


async def test_what_was_taken_is_known_for_fourteen_days(part: Part) -> None:
    now = Clock.wall()
    taken = [{"consumer": "c", "event_id": uuid4(), "type": "t", "about": "a"} for _ in range(2)]
    ages = (timedelta(days=15), timedelta(days=13))
    async with part.store.begin() as unit:
        rows = [row | {"received_at": now - age} for row, age in zip(taken, ages, strict=True)]
        await unit.execute(insert(TABLES.inbox), rows)
    assert await forget_old(part.store) == 1
    assert await count(part, TABLES.inbox) == 1


async def test_a_person_who_is_erased_leaves_no_event_behind(part: Part) -> None:
    async with part.store.begin() as unit:
        for person in ("p1", "p2"):
            unit.publish(_changed(person), about=person, province="66", at=AT)
        letter = {"id": uuid4(), "consumer": "c", "event_id": "e", "subject": "s", "about": "p1", "headers": {}}
        letter |= {"body": b"{}", "reason": "r", "deliveries": 1, "died_at": AT}
        await unit.execute(insert(TABLES.dead), letter)
    async with part.store.begin() as unit:
        await scrub(unit, TABLES, about="p1")
    assert await count(part, TABLES.outbox) == 1
    assert await count(part, TABLES.dead) == 0


_AGED = """
    update outbox set id = :new, published_at = now() - make_interval(days => :days), sequence = 1, incarnation = now()
    where id = :id
"""


def _id_of_age(days: int) -> UUID:
    made = Clock.wall() - timedelta(days=days)
    return UUID(int=(int(made.timestamp() * 1000) << 80) | uuid4().int >> 58)


def _changed(person: str) -> Changed:
    return Changed(
        person_id=person,
        revision=1,
        kind="member",
        full_name="Nguyễn Văn A",
        phone="+84905123456",
        unit="24121@2025-07-01",
        unit_path=["66", "24121"],
        province="66",
        changed_at=AT,
    )
