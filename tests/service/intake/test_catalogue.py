"""intake's own catalogue: fed by events in any order, known to every process, read by programs."""

import asyncio
from datetime import datetime

from services.intake.catalogue.holder import Holder
from services.intake.catalogue.memory import Catalogue
from tests.service.intake.world import COMMUNE, WEDNESDAY, World, category, promise, request, unit, village


async def test_communes_villages_and_categories_are_there_to_read(intake: World) -> None:
    communes = (await intake.http.get("/api/v1/catalogue/communes")).json()
    assert [each["code"] for each in communes] == ["24133", "24154"]
    assert communes[0]["former_names"] == ["Phường Tân Lợi (thành phố Buôn Ma Thuột)"]
    villages = (await intake.http.get("/api/v1/catalogue/villages", params={"commune_code": "24133"})).json()
    assert villages == [
        {"id": "v-1", "name": "Buôn Akŏ Dhông", "team_code": "T-1"},
        {"id": "v-3", "name": "Thôn 2", "former_commune": "Xã Hòa Thắng"},
        {"id": "v-2", "name": "Thôn 10", "former_commune": "Xã Hòa Thắng"},
    ]
    categories = (await intake.http.get("/api/v1/catalogue/categories", headers={"accept-language": "en"})).json()
    assert [(each["code"], each["name"], each["urgent"]) for each in categories] == [
        ("payments", "Payments, transfers", False),
        ("scam_safety", "I fear a scam", True),
    ]


async def test_a_commune_is_found_by_its_old_name_and_says_which(intake: World) -> None:
    found = (await intake.http.get("/api/v1/catalogue/communes", params={"q": "tan loi"})).json()
    assert [(each["name"], each["former"]) for each in found] == [
        ("Buôn Ma Thuột", "Phường Tân Lợi (thành phố Buôn Ma Thuột)")
    ]
    assert (await intake.http.get("/api/v1/catalogue/communes", params={"q": "xyz"})).json() == []


async def test_villages_of_an_unknown_commune_are_not_found(intake: World) -> None:
    answer = await intake.http.get("/api/v1/catalogue/villages", params={"commune_code": "00000"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_is_older_than_what_is_known_changes_nothing(intake: World) -> None:
    await intake.tell(unit(COMMUNE, "Buôn Ma Thuột mới", "Phường Buôn Ma Thuột mới", revision=3))
    await intake.tell(unit(COMMUNE, "Buôn Ma Thuột cũ", "Phường Buôn Ma Thuột cũ", revision=2))
    await intake.tell(unit(COMMUNE, "Buôn Ma Thuột nữa", "Phường Buôn Ma Thuột nữa", revision=3))
    communes = (await intake.http.get("/api/v1/catalogue/communes")).json()
    assert communes[0]["name"] == "Buôn Ma Thuột mới"


async def test_a_batch_with_one_village_twice_keeps_the_newer(intake: World) -> None:
    from services.intake.catalogue.events import handlers
    from shared.events.places import VillageChanged
    from tests.service.intake.world import received

    batch = [village("v-1", "Tên mới", revision=3), village("v-1", "Tên cũ", revision=2)]
    async with intake.service.store.begin() as unit_of_work:
        await handlers(lambda: None)[VillageChanged](unit_of_work, [received(event) for event in batch])
    await intake.look()
    villages = (await intake.http.get("/api/v1/catalogue/villages", params={"commune_code": "24133"})).json()
    assert [each["name"] for each in villages if each["id"] == "v-1"] == ["Tên mới"]


async def test_a_retired_category_is_offered_to_nobody(intake: World) -> None:
    await intake.tell(category("payments", "Thanh toán", "Payments", 3, revision=2, retired=True))
    assert (await intake.post(request())).status_code == 422
    codes = [each["code"] for each in (await intake.http.get("/api/v1/catalogue/categories")).json()]
    assert codes == ["scam_safety"]


async def test_a_new_policy_counts_from_the_next_request_on(intake: World) -> None:
    before = await intake.file()
    await intake.tell(promise("payments", revision=2, response_s=3600))
    after = await intake.file()
    assert before["targets"]["response_due"][11:16] == "04:00"
    assert after["targets"]["response_due"][11:16] == "03:00"


async def test_what_another_process_took_in_arrives_here_too(intake: World) -> None:
    other = Catalogue()
    holder = Holder(intake.service.store, other)
    await holder.look()
    await intake.tell(village("v-4", "Buôn Alê"))
    assert other.village("v-4") is None
    await holder.look()
    found = other.village("v-4")
    assert found and found.name == "Buôn Alê"
    await intake.tell(village("v-4", "Buôn Alê A", revision=2))
    await holder.look()
    assert (changed := other.village("v-4")) and changed.name == "Buôn Alê A"


async def test_changes_side_by_side_are_all_seen_by_whoever_looks_meanwhile(intake: World) -> None:
    other = Catalogue()
    holder = Holder(intake.service.store, other)

    async def look_again_and_again() -> None:
        for _ in range(30):
            await holder.look()

    told = (intake.tell(village(f"w-{number}", f"Thôn {number}")) for number in range(20))
    await asyncio.gather(look_again_and_again(), *told)
    await holder.look()
    commune = other.commune("24133", WEDNESDAY.date())
    assert commune
    assert {f"w-{number}" for number in range(20)} <= {each.id for each in other.villages_of(commune)}


async def test_a_commune_s_own_promise_counts_until_it_is_withdrawn(intake: World) -> None:
    async def response_s() -> float:
        answer = await intake.http.post("/api/v1/requests", json=request())
        due = datetime.fromisoformat(answer.json()["targets"]["response_due"])
        return (due - datetime.fromisoformat(answer.json()["submitted_at"])).total_seconds()

    everywhere = await response_s()
    await intake.tell(promise("payments", unit=COMMUNE, revision=1000, response_s=600))
    assert await response_s() == 600
    await intake.tell(promise("payments", unit=COMMUNE, revision=1001, response_s=600, retired=True))
    assert await response_s() == everywhere
