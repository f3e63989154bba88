"""Promise 2.9: somebody without data asks for help by text, and is asked back until it is known where."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notify.asking.hearing import Hearing
from services.notify.replies.choosing import Silence
from shared.events import places, requests
from tests.service.notify.conftest import Notify, at, hours
from tests.service.notify.story import COMMUNE, HELPER, LEADER, NOON, Story, received

STRANGER = "+84907654321"
TAN_LAP, HOA_THANG = "24122@2025-07-01", "22319@2025-07-01"


def unit(key: str, full_name: str, *former: str, revision: int = 2) -> places.UnitChanged:
    code = key.partition("@")[0]
    return places.UnitChanged(
        revision=revision,
        changed_at=NOON,
        key=key,
        code=code,
        valid_from=datetime(2025, 7, 1, tzinfo=UTC).date(),
        name=full_name.partition(" ")[2],
        full_name=full_name,
        kind="commune",
        path=["66", code],
        province="66",
        former_names=list(former),
    )


def village(id: str, name: str, commune: str = COMMUNE, **more: Any) -> places.VillageChanged:
    return places.VillageChanged(
        revision=more.pop("revision", 1), changed_at=NOON, village_id=id, name=name, commune=commune, **more
    )


@pytest.fixture
async def land(notify: Notify) -> Notify:
    """Three communes: one with villages, one without, and two that were once called alike."""
    await notify.hear(
        unit(COMMUNE, "Phường Ea Kao", "Xã Ea Kao (thành phố Buôn Ma Thuột)"),
        unit(TAN_LAP, "Phường Tân Lập", "Xã Hòa Thắng (thành phố Buôn Ma Thuột)"),
        unit(HOA_THANG, "Xã Phú Hoà 1", "Xã Hòa Thắng (huyện Phú Hòa)"),
        village("kao", "Buôn Kao"),
        village("tong", "Buôn Tơng Jú"),
        village("gone", "Buôn Cũ", retired=True),
    )
    return notify


async def asked(notify: Notify) -> Sequence[dict[str, Any]]:
    """What intake was told."""
    return await notify.published("replies.asked_for_help")


async def last(notify: Notify, phone: str = STRANGER) -> str:
    return (await notify.texts(phone))[-1]


async def test_all_in_one_text_is_told_to_intake_without_a_question(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO mất mạng 3 hôm nay, xã Ea Kao buôn Kao")
    [event] = await asked(land)
    assert (event["phone"], event["commune"], event["village_id"]) == (STRANGER, COMMUNE, "kao")
    assert (event["category"], event["language"]) == ("connectivity", "vi")
    assert event["description"] == "mất mạng 3 hôm nay, xã Ea Kao buôn Kao"
    assert await land.texts(STRANGER) == [], "the answer is intake's: code and promise"


async def test_commune_and_village_are_asked_for_and_a_number_chooses(land: Notify) -> None:
    await land.write(STRANGER, "ho tro may tinh hong")
    assert "bac o xa (phuong), thon" in await last(land)
    await land.write(STRANGER, "eakao")
    assert "1 Buon Kao, 2 Buon Tong Ju" in await last(land)
    await land.write(STRANGER, "2")
    [event] = await asked(land)
    assert (event["commune"], event["village_id"], event["category"]) == (COMMUNE, "tong", "device")
    assert event["description"] == "may tinh hong\neakao"


async def test_a_bare_word_asks_what_and_where(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO")
    assert "can giup viec gi, o xa va thon nao" in await last(land)
    await land.write(STRANGER, "khong vao duoc VNeID, Ea Kao, Tong Ju")
    [event] = await asked(land)
    assert (event["category"], event["village_id"]) == ("identity_account", "tong")


async def test_communes_once_called_alike_are_told_apart_by_their_district(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO mat mang xa Hoa Thang")
    assert "1 Xa Phu Hoa 1 (Phu Hoa), 2 Phuong Tan Lap (Buon Ma Thuot)" in await last(land)
    await land.write(STRANGER, "2")
    [event] = await asked(land)
    assert (event["commune"], event["village_id"]) == (TAN_LAP, None)


async def test_a_scam_is_answered_with_what_to_do_now_and_filed_as_soon_as_the_commune_is_known(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO toi bi lua dao mat tien")
    assert (await last(land)).startswith("HAY NGUNG chuyen tien. KHONG dua OTP")
    await land.write(STRANGER, "Ea Kao")
    [event] = await asked(land)
    assert (event["category"], event["commune"], event["village_id"]) == ("scam_safety", COMMUNE, None)


async def test_who_does_not_know_the_village_is_helped_all_the_same(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO mat mang, Ea Kao")
    await land.write(STRANGER, "không biết")
    assert [event["village_id"] for event in await asked(land)] == [None]


async def test_without_an_answer_the_commune_alone_is_filed_after_half_an_hour(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO mat mang, Ea Kao")
    await land.pass_time(timedelta(minutes=29))
    assert await asked(land) == []
    await land.pass_time(timedelta(minutes=2))
    assert [event["commune"] for event in await asked(land)] == [COMMUNE]


async def test_three_questions_and_no_commune_give_the_hotline(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO may hong")
    for _ in range(3):
        await land.write(STRANGER, "o gan cho, qua cau")
    assert len(await land.texts(STRANGER)) == 4
    assert "Moi bac goi 1022" in await last(land)
    assert await asked(land) == []


async def test_a_silent_conversation_ends_with_the_hotline_and_not_at_night(land: Notify) -> None:
    land.clock.set_now(at(19))
    await land.write(STRANGER, "HOTRO may hong")
    await land.pass_time(hours(8))
    assert len(await land.texts(STRANGER)) == 1
    await land.pass_time(hours(3.5))
    assert "Moi bac goi 1022" in await last(land)
    await land.write(STRANGER, "Ea Kao")
    assert await asked(land) == [], "it is over"


async def test_the_same_text_twice_is_one_request_and_a_conversation_one_event(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO mat mang")
    await land.write(STRANGER, "HOTRO mat mang")
    await land.write(STRANGER, "HOTRO mat mang Ea Kao buon Kao")
    assert len(await asked(land)) == 1


async def test_a_number_may_begin_only_a_few_an_hour(land: Notify) -> None:
    for _ in range(5):
        await land.write(STRANGER, "HOTRO mat mang, Ea Kao buon Kao")
    assert len(await asked(land)) == 3
    assert [text for text in await land.texts(STRANGER) if "Hoac goi 1022" in text] != []
    await land.pass_time(hours(1.1))
    await land.write(STRANGER, "HOTRO mat mang, Ea Kao buon Kao")
    assert len(await asked(land)) == 4


@pytest.mark.parametrize("text", ["cảm ơn nhé", "OK", "Quy khach da dang ky goi cuoc D5 thanh cong", "1"])
async def test_thanks_and_machines_begin_no_conversation(land: Notify, text: str) -> None:
    await land.write(STRANGER, text)
    await land.write(STRANGER, text)
    assert await asked(land) == []
    assert len(await land.texts(STRANGER)) <= 1


@pytest.mark.parametrize("sender", ["8077", "VIETTEL", "+84195"])
async def test_a_sender_that_nobody_could_call_gets_no_conversation(land: Notify, sender: str) -> None:
    hearing = Hearing(waits=lambda: None)
    async with land.store.begin() as unit_of_work:
        text = "vay von lai suat 0%, Ea Kao buon Kao"
        assert await hearing.hear(unit_of_work, sender, "simulator", text, NOON, "vi", "sms") == Silence()
    assert await asked(land) == []


async def test_who_writes_english_is_answered_in_english(land: Notify) -> None:
    await land.write(STRANGER, "Help, no internet")
    assert "in which commune and village are you" in await last(land)
    await land.write(STRANGER, "Ea Kao")
    assert "Which is yours: 1 Buon Kao" in await last(land)
    await land.write(STRANGER, "1")
    assert [event["language"] for event in await asked(land)] == ["en"]


async def test_a_member_may_ask_for_himself_and_his_jobs_stay_his(land: Notify) -> None:
    story = Story()
    await land.hear(story.submitted(), story.offered())
    await land.write(LEADER, "HOTRO may tinh nha toi hong, Ea Kao")
    assert "1 Buon Kao" in await last(land, LEADER)
    await land.write(LEADER, "NHAN 1")
    assert [one["command"] for one in await land.published("replies.received")] == ["accept"]
    await land.write(LEADER, "1")
    assert [event["village_id"] for event in await asked(land)] == ["kao"]
    await land.write(LEADER, "1")
    assert "soan NHAN 1" in await last(land, LEADER), "nothing is asked any more"


async def test_who_writes_stop_is_asked_no_more(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO may hong")
    await land.write(STRANGER, "NGUNG")
    await land.pass_time(hours(9))
    assert len(await land.texts(STRANGER)) == 2


async def test_asking_for_help_after_stop_is_answered_again(land: Notify) -> None:
    await land.write(HELPER, "NGUNG")
    await land.write(HELPER, "HOTRO may hong")
    assert "bac o xa" in await last(land, HELPER)


async def test_what_intake_cannot_take_is_said_once(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO mat mang Ea Kao buon Kao")
    [event] = await asked(land)
    refused = received(requests.Refused(ask_id=UUID(event["ask_id"]), at=NOON, reason="unknown_place"))
    await land.hear(refused)
    await land.hear(refused)
    await land.hear(received(requests.Refused(ask_id=uuid4(), at=NOON, reason="unknown_place")))
    [text] = await land.texts(STRANGER)
    assert "chua ghi duoc yeu cau cua bac. Moi bac goi 1022" in text


async def test_what_was_said_is_kept_no_longer_than_the_conversation(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO mat mang Ea Kao buon Kao")
    async with land.store.read() as connection:
        rows = (await connection.exec_driver_sql("select state, said from asking")).all()
    assert [tuple(row) for row in rows] == [("filed", "")]


async def test_a_commune_that_is_renamed_is_found_by_its_new_name(land: Notify) -> None:
    await land.write(STRANGER, "HOTRO mat mang, phuong Ban Mai")
    await land.hear(unit(COMMUNE, "Phường Ban Mai", "Phường Ea Kao", revision=9))
    await land.write(STRANGER, "phuong Ban Mai, buon Kao")
    assert [event["commune"] for event in await asked(land)] == [COMMUNE]


async def test_whoever_asked_follows_it_by_text(land: Notify) -> None:
    """Once intake has taken it: what it says, how it stands, and which where there are several."""
    first, second = Story(), Story()
    await land.hear(first.submitted(STRANGER))
    await land.write(STRANGER, "XEM")
    assert "Yeu cau" in await last(land)
    await land.hear(second.submitted(STRANGER), second.offered())
    await land.write(STRANGER, "XEM")
    assert (await last(land)).count("cho") >= 1 and "soan XEM kem" in await last(land)
    await land.hear(second.accepted("helper"), second.resolved())
    await land.write(STRANGER, "DANHGIA 5")
    await land.write(STRANGER, "CHUA duoc")
    assert [(one["command"], one["code"]) for one in await land.published("replies.received")] == [
        ("rate", second.code),
        ("reopen", second.code),
    ]
