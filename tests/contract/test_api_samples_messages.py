"""Messages, simulated phones and what may be written from them, as `api.md` says it."""

import pytest

from tests.contract.people import People, is_problem
from tests.support.house import wait_until

ALERTS = {
    *("submitted", "offered", "accepted", "taken", "resolved", "closed", "reopened", "unrouted", "warned", "escalated"),
    "answer",
}


def test_messages_of_a_ticket_are_listed_with_what_became_of_each(people: People) -> None:
    code, _ = people.offered()

    def listed():
        return people.supervisor.get("/api/v1/messages", params={"code": code}).json()

    wait_until(lambda: [m["state"] for m in listed()["items"]].count("delivered") == 3, why=lambda: str(listed()))
    page = listed()
    assert set(page) == {"items", "next"}
    for message in page["items"]:
        expected = {"id", "code", "alert", "to", "person", "channel", "text", "parts", "state", "resent", "created_at"}
        assert expected | {"attempts"} <= set(message)
        assert message["code"] == code and message["alert"] in ALERTS and message["resent"] is False
        assert "+84" not in message["to"] and message["to"][-3:].isdigit(), "masked to the last three digits"
        assert all({"at", "outcome"} <= set(attempt) for attempt in message["attempts"])


def test_an_administrator_sees_whole_numbers_and_can_ask_by_number(people: People) -> None:
    code, _ = people.offered()
    _wait_for_texts(people, people.leader_phone, 1, code)
    found = people.administrator.get("/api/v1/messages", params={"code": code, "to": people.leader_phone}).json()
    assert {message["to"] for message in found["items"]} == {people.leader_phone}


def test_an_unknown_code_has_no_messages_and_a_stranger_sees_none(people: People) -> None:
    code, _ = people.offered()
    assert people.supervisor.get("/api/v1/messages", params={"code": "123456782"}).json()["items"] == []
    assert people.stranger.get("/api/v1/messages", params={"code": code}).json()["items"] == []
    is_problem(people.anybody.get("/api/v1/messages", params={"code": code}), 401)


def test_a_phone_shows_what_it_received_oldest_first(people: People) -> None:
    code, _ = people.offered()
    _wait_for_texts(people, people.leader_phone, 1, code)  # an offer that was taken before it was told is not told
    people.act(people.leader, code, "acceptance")
    _wait_for_texts(people, people.leader_phone, 2, code)
    items = people.anybody.get(f"/api/v1/phones/{people.leader_phone}/messages").json()["items"]
    assert all({"id", "at", "text", "alert"} <= set(item) for item in items)
    assert [item["at"] for item in items] == sorted(item["at"] for item in items)
    assert [text["alert"] for text in items if text.get("code") == code] == ["offered", "accepted"]


@pytest.mark.parametrize("words", ["NHAN {code}", "nhận {code}", "Nhan {code} nhé"])
def test_a_leader_accepts_by_sms(people: People, words: str) -> None:
    code, _ = people.offered()
    _wait_for_texts(people, people.leader_phone, 1, code)
    _write(people, people.leader_phone, words.format(code=f"{code[:3]} {code[3:6]} {code[6:]}"))
    people.ticket(code, "accepted")


def test_done_by_sms_accepts_first_if_need_be_and_a_resident_objects_and_rates(people: People) -> None:
    code, body = people.file()
    _wait_for_texts(people, people.leader_phone, 1, code)
    _write(people, people.leader_phone, f"XONG {code} đã hướng dẫn")
    assert people.ticket(code, "resolved")["targets"]["response"]["met_at"]
    resident = body["phone"]
    wait_until(lambda: any("CHUA" in text for text in _texts(people, resident, code)))
    _write(people, resident, "DANHGIA 2")
    wait_until(lambda: people.ticket(code)["stars"] == 2)
    _write(people, resident, "chưa")
    people.ticket(code, "reopened")


def test_thanks_get_no_answer_and_anything_else_one_a_day(people: People) -> None:
    _, body = people.file()
    phone = body["phone"]
    _wait_for_texts(people, phone, 1)
    for words in ("cảm ơn", "Cam on nhieu nhe", "có ai không vậy", "alo alo"):
        _write(people, phone, words)
    _write(people, phone, "XEM")
    _wait_for_texts(people, phone, 3)
    assert len(_texts(people, phone)) == 3, "the receipt, one helpful answer, and where it stands"


def _wait_for_texts(people: People, phone: str, number: int, code: str | None = None) -> None:
    def rang() -> bool:
        return len(_texts(people, phone, code)) >= number

    wait_until(rang, why=lambda: f"{phone} received of {code}: {_texts(people, phone, code)}")


def _texts(people: People, phone: str, code: str | None = None) -> list[str]:
    items = people.anybody.get(f"/api/v1/phones/{phone}/messages").json()["items"]
    return [item["text"] for item in items if code in (None, item.get("code"))]


def _write(people: People, phone: str, text: str) -> None:
    assert people.anybody.post(f"/api/v1/phones/{phone}/messages", json={"text": text}).status_code == 202
