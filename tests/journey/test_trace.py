"""1.8: `caunoi trace CODE` tells a ticket's whole story on one screen, and nobody's name, number or words."""

import pytest

from tests.support.house import House, wait_until

pytestmark = pytest.mark.slow
ASKED = {
    "category": "payments",
    "description": "Tôi không biết quét mã QR để trả tiền điện",
    "phone": "0905820001",
    "requester_name": "H Lan Niê",
    "commune_code": "24121",
    "channel": "api",
}


@pytest.fixture
def code(house: House) -> str:
    """A request that was put before a team whose leader's phone has rung."""
    with house.caller() as anybody, house.caller("administrator") as administrator:
        filed = anybody.post("/api/v1/requests", json=ASKED).json()["code"]

        def told() -> bool:
            items = administrator.get("/api/v1/messages", params={"code": filed}).json().get("items", [])
            return {"submitted", "offered"} <= {item["alert"] for item in items if item["state"] == "delivered"}

        wait_until(told)
    return filed


def test_the_story_goes_through_three_stores_in_order_of_time(house: House, code: str) -> None:
    said = house.caunoi("trace", code)
    steps = [
        "request by api",
        "requests.submitted at requests#",
        "offer to 24121-",
        "tickets.offered at tickets#",
        "message “submitted” to the resident",
        "message “offered” to team 24121-",
    ]
    assert all(step in said for step in steps), said
    lines = [line for line in said.splitlines() if " · " in line or "  intake " in line or "  assign " in line]
    assert lines == sorted(lines, key=lambda line: line[:18])
    assert "taken by assign-requests, notify-requests" in said
    assert "next: widen at" in said
    assert len(said.splitlines()) < 50


def test_it_tells_nobodys_name_number_or_words(house: House, code: str) -> None:
    said = house.caunoi("trace", code)
    assert not any(secret in said for secret in ("Lan", "905820001", "quét mã"))


def test_a_mistyped_code_is_refused_with_a_sentence(house: House) -> None:
    with pytest.raises(AssertionError, match="is no code"):
        house.caunoi("trace", "123456789")
