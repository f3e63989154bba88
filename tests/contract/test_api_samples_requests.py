"""Requests, tracking and catalogue as `api.md` says them, called as a stranger's program would."""

import re
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from shared.codes import parse_code
from tests.contract.people import COMMUNE, TEAM, People, is_problem
from tests.support.house import wait_until


def test_a_request_is_answered_with_its_code_and_promise(people: People) -> None:
    answer = people.anybody.post("/api/v1/requests", json=people.request())
    assert answer.status_code == 201
    receipt = answer.json()
    assert set(receipt) == {"id", "code", "status", "submitted_at", "targets", "tracking_url"}
    assert set(receipt["targets"]) == {"response_due", "resolution_due"}
    assert receipt["status"] == "new" and UUID(receipt["id"])
    assert parse_code(receipt["code"]) == receipt["code"]
    assert receipt["tracking_url"] == f"{people.house.address}/t/{receipt['code']}"
    for text in (receipt["submitted_at"], *receipt["targets"].values()):
        assert datetime.fromisoformat(text).tzinfo


@pytest.mark.parametrize("channel", ["web", "hotline", "api"])
def test_each_channel_takes_requests(people: People, channel: str) -> None:
    who = people.operator if channel == "hotline" else people.anybody
    answer = who.post("/api/v1/requests", json=people.request(channel=channel))
    assert answer.status_code == 201, answer.text
    wait_until(lambda: people.ticket(answer.json()["code"])["channel"] == channel)


def test_the_hotline_is_for_operators(people: People) -> None:
    body = people.request(channel="hotline")
    is_problem(people.anybody.post("/api/v1/requests", json=body), 401)
    assert people.leader.post("/api/v1/requests", json=body).status_code in (403, 404)


def test_all_fields_are_taken(people: People) -> None:
    code, _ = people.file(
        requester_name="H'Nguôn Niê", village_id=people.village(), lat=12.66, lon=108.13, language="rad", channel="web"
    )
    assert people.ticket(code, "offered")["village"] == people.village()


def test_the_same_key_is_the_same_request_and_another_body_is_refused(people: People) -> None:
    body, key = people.request(), {"Idempotency-Key": str(uuid4())}
    first, again = (people.anybody.post("/api/v1/requests", json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = people.anybody.post("/api/v1/requests", json=body | {"description": "Việc khác"}, headers=key)
    is_problem(other, 422)


def test_a_request_joins_an_open_ticket_of_the_same_number(people: People) -> None:
    code, body = people.file()
    people.ticket(code, "offered")
    spoken = f"{code[:3]} {code[3:6]}-{code[6:]}"
    answer = people.anybody.post("/api/v1/requests", json=body | {"description": "Nói thêm", "add_to": spoken})
    assert answer.status_code == 201, answer.text
    assert answer.json()["code"] == code
    wait_until(lambda: len(people.ticket(code)["requests"]) == 2)
    assert answer.json()["id"] in people.ticket(code)["requests"]
    other = people.request(add_to=code)
    is_problem(people.anybody.post("/api/v1/requests", json=other), 422, "add_to")


def test_tracking_shows_the_team_from_offered_and_its_phone_from_accepted(people: People) -> None:
    code, last4 = people.offered()

    def looked_up():
        answer = people.anybody.post(f"/api/v1/requests/{code}/lookup", json={"phone_last4": last4})
        assert answer.status_code == 200, answer.text
        return answer.json()

    wait_until(lambda: looked_up()["status"] == "offered")
    shown = looked_up()
    assert {"code", "status", "category", "submitted_at", "targets", "team", "timeline"} <= set(shown)
    assert shown["team"]["name"] and "phone" not in shown["team"]
    assert [set(entry) for entry in shown["timeline"]] == [{"at", "event", "text"}] * len(shown["timeline"])
    people.act(people.leader, code, "acceptance")
    wait_until(lambda: looked_up()["status"] == "accepted")
    assert looked_up()["team"]["phone"].startswith("+84")
    assert [entry["event"] for entry in looked_up()["timeline"]][:3] == ["submitted", "offered", "accepted"]


@pytest.mark.parametrize("written", ["{0} {1} {2}", "{0}.{1}.{2}", "{0}-{1}-{2}"])
def test_a_code_may_have_spaces_dots_or_hyphens(people: People, written: str) -> None:
    code, last4 = people.offered()
    spoken = written.format(code[:3], code[3:6], code[6:])
    answer = people.anybody.post(f"/api/v1/requests/{spoken}/lookup", json={"phone_last4": last4})
    assert answer.json()["code"] == code


def test_a_wrong_pair_and_a_mistyped_code_look_alike_and_guessing_ends(people: People) -> None:
    code, last4 = people.offered()
    wrong = {"phone_last4": f"{(int(last4) + 1) % 10_000:04d}"}
    mistyped = f"{code[:8]}{(int(code[8]) + 1) % 10}"
    right = people.anybody.post(f"/api/v1/requests/{mistyped}/lookup", json={"phone_last4": last4})
    answers = [people.anybody.post(f"/api/v1/requests/{code}/lookup", json=wrong) for _ in range(6)]
    is_problem(right, 404)
    assert right.json() == answers[0].json()
    assert [answer.status_code for answer in answers] == [404] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_communes_are_found_without_diacritics_and_by_former_names(people: People) -> None:
    for query in ("Tân Lập", "tan lap", "Xã Hòa Thắng"):
        found = people.anybody.get("/api/v1/catalogue/communes", params={"q": query}).json()
        assert COMMUNE in [commune["code"] for commune in found], query
    assert {"code", "name"} <= set(found[0])


def test_villages_and_categories_have_their_shapes(people: People) -> None:
    villages = people.anybody.get("/api/v1/catalogue/villages", params={"commune_code": COMMUNE}).json()
    assert all({"id", "name"} <= set(village) for village in villages)
    assert TEAM in [village.get("team_code") for village in villages]
    categories = [category["code"] for category in people.anybody.get("/api/v1/catalogue/categories").json()]
    assert categories == [
        "public_services",
        "identity_account",
        "payments",
        "ecommerce",
        "digital_signature",
        "scam_safety",
        "connectivity",
        "device",
        "training",
        "other",
    ]


def test_the_form_needs_its_own_nonce_and_nothing_else(people: People) -> None:
    with people.house.caller() as browser:
        page = browser.get("/")
        nonce = re.search(r'name="nonce" value="([^"]+)"', page.text)
        assert nonce and "cookie" not in {name.lower() for name in page.headers if name.lower() == "set-cookie"}
    form = {name: str(value) for name, value in people.request().items() if name != "channel"}
    first = people.anybody.post("/", data=form | {"nonce": nonce.group(1)})
    again = people.anybody.post("/", data=form | {"nonce": nonce.group(1)})
    code = re.compile(r"/t/(\d{9})")
    one, two = code.search(first.headers["location"]), code.search(again.headers["location"])
    assert one and two and one.group(1) == two.group(1)
    unknown = people.anybody.post("/", data=form | {"nonce": "never given"})
    assert unknown.status_code == 422
    assert "Không biết quét mã QR để trả tiền điện" in unknown.text, "filled in"
