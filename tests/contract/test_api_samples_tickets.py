"""Tickets, teams and figures as `api.md` says them: shapes, every verb, who may and who may not."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.contract.people import COMMUNE, NEIGHBOUR_TEAM, OTHER_COMMUNE, TEAM, People, is_problem

BRIEF = {
    *("code", "version", "status", "category", "unit", "village", "team", "member", "requests", "offers"),
    *("unrouted_reason", "targets", "next_action"),
}
WHOLE = BRIEF | {"considered", "timeline"}
CLOCK = {"met", "missed", "mean_s", "median_s", "p90_s", "p95_s"}


def test_a_ticket_is_shown_whole(people: People) -> None:
    code, _ = people.offered()
    ticket = people.ticket(code)
    assert set(ticket) >= WHOLE
    assert (ticket["code"], ticket["status"], ticket["category"]) == (code, "offered", "payments")
    assert (ticket["unit"], ticket["village"], ticket["team"]) == (COMMUNE, people.village(), None)
    [offer] = ticket["offers"]
    assert {"team", "metres", "open", "at", "outcome"} <= set(offer)
    assert (offer["team"], offer["outcome"]) == (TEAM, "open")
    assert len(ticket["considered"]) >= 10
    assert all({"team", "metres", "open", "skills", "why"} <= set(seen) for seen in ticket["considered"])
    assert "chosen" in [seen["why"] for seen in ticket["considered"]]
    assert all({"due_at", "paused_s"} <= set(ticket["targets"][clock]) for clock in ("response", "resolution"))
    assert set(ticket["next_action"]) == {"what", "at"}
    assert all({"at", "event", "actor", "text"} <= set(entry) for entry in ticket["timeline"])


def test_tickets_are_listed_page_by_page_and_by_what_is_asked(people: People) -> None:
    code, _ = people.offered()
    page = people.supervisor.get("/api/v1/tickets", params={"status": "offered"}).json()
    assert set(page) == {"items", "next"}
    assert all(set(item) >= BRIEF and not {"considered", "timeline"} & set(item) for item in page["items"])
    assert code in [item["code"] for item in page["items"]]
    assert {item["status"] for item in page["items"]} == {"offered"}
    for query in ({"unit": COMMUNE}, {"unit": "66"}, {"overdue": "false"}):
        found = people.administrator.get("/api/v1/tickets", params=query).json()["items"]
        assert code in [item["code"] for item in found], query
    overdue = people.administrator.get("/api/v1/tickets", params={"overdue": "true"}).json()["items"]
    assert code not in [item["code"] for item in overdue]


def test_pages_follow_each_other_until_there_is_no_next(people: People) -> None:
    codes: list[str] = []
    cursor: str | None = None
    while True:
        page = people.administrator.get("/api/v1/tickets", params={"cursor": cursor} if cursor else {}).json()
        codes += [item["code"] for item in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert len(codes) == len(set(codes))


def test_who_is_not_signed_in_sees_nothing_and_strangers_see_what_does_not_exist(people: People) -> None:
    code, _ = people.offered()
    is_problem(people.anybody.get(f"/api/v1/tickets/{code}"), 401)
    is_problem(people.anybody.get("/api/v1/tickets"), 401)
    forbidden = people.stranger.get(f"/api/v1/tickets/{code}")
    unknown = people.supervisor.get("/api/v1/tickets/123456789")
    is_problem(forbidden, 404)
    assert forbidden.json() == unknown.json()
    assert people.neighbour.get(f"/api/v1/tickets/{code}").status_code == 404
    assert people.leader.get(f"/api/v1/tickets/{code}").status_code == 200


def test_a_member_accepts_starts_waits_goes_on_and_resolves(people: People) -> None:
    code, _ = people.offered()
    accepted = people.act(people.leader, code, "acceptance")
    assert (accepted["status"], accepted["team"]) == ("accepted", TEAM)
    assert accepted["member"] and accepted["targets"]["response"]["met_at"]
    assert people.act(people.leader, code, "start")["status"] == "in_progress"
    until = (datetime.fromisoformat(accepted["timeline"][-1]["at"]) + timedelta(hours=3)).isoformat()
    assert people.act(people.leader, code, "waiting", until=until, reason="Bác hẹn chiều")["status"] == "waiting"
    assert people.act(people.leader, code, "resumption")["status"] == "in_progress"
    note = "Đã cài lại ứng dụng; bác tự trả được tiền điện."
    resolved = people.act(people.leader, code, "resolution", outcome="solved", note=note)
    assert resolved["status"] == "resolved" and resolved["targets"]["resolution"]["met_at"]
    assert note in [entry["text"] for entry in resolved["timeline"]], "a note stands word for word"


def test_a_refusal_says_why_and_the_next_team_is_asked(people: People) -> None:
    code, _ = people.offered()
    refused = people.act(people.leader, code, "refusal", reason="busy", note="mùa cà phê")
    assert [offer["outcome"] for offer in refused["offers"]] == ["declined", "open"]
    assert refused["offers"][0]["reason"] == "busy"


def test_a_resident_reopens_rates_and_closes_with_their_last_digits(people: People) -> None:
    code, last4 = people.resolved()
    assert people.act(people.anybody, code, "rating", stars=4, comment="Tốt", phone_last4=last4)["status"] == "resolved"
    reopened = people.act(people.anybody, code, "reopening", reason="Vẫn lỗi", phone_last4=last4)
    assert (reopened["status"], reopened["team"]) == ("reopened", TEAM)
    people.act(people.leader, code, "resolution", outcome="advised")
    assert people.act(people.anybody, code, "closure", phone_last4=last4)["status"] == "closed"


def test_a_resident_cancels(people: People) -> None:
    code, last4 = people.offered()
    cancelled = people.act(people.anybody, code, "cancellation", reason="Con tôi làm rồi", phone_last4=last4)
    assert cancelled["status"] == "cancelled" and cancelled["next_action"] is None


@pytest.mark.parametrize(("verb", "body"), [("cancellation", {"reason": "Gọi nhầm"})])
def test_an_operator_cancels_for_a_caller(people: People, verb: str, body: dict[str, Any]) -> None:
    code, _ = people.offered()
    assert people.act(people.operator, code, verb, **body)["status"] == "cancelled"


def test_an_operator_reopens_for_a_caller(people: People) -> None:
    code, _ = people.resolved()
    assert people.act(people.operator, code, "reopening", reason="Bác gọi lại")["status"] == "reopened"


def test_a_supervisor_reassigns_and_acts_for_a_named_member(people: People) -> None:
    code, _ = people.offered()
    moved = people.act(people.supervisor, code, "reassignment", team=NEIGHBOUR_TEAM, reason="Tổ kia đang tập huấn")
    assert [(offer["team"], offer["outcome"]) for offer in moved["offers"]] == [
        (TEAM, "withdrawn"),
        (NEIGHBOUR_TEAM, "open"),
    ]
    again = people.supervisor.post(
        f"/api/v1/tickets/{code}/reassignment", json={"team": NEIGHBOUR_TEAM, "reason": "lần nữa"}
    )
    is_problem(again, 409)
    member = people.act(people.neighbour, code, "acceptance")["member"]
    assert people.act(people.supervisor, code, "start", member=member)["status"] == "in_progress"
    is_problem(people.supervisor.post(f"/api/v1/tickets/{code}/resolution", json={"outcome": "solved"}), 422, "member")


def test_what_is_not_possible_now_is_answered_with_the_ticket_as_it_is(people: People) -> None:
    code, _ = people.accepted()
    for who in (people.leader, people.supervisor):
        answer = who.post(f"/api/v1/tickets/{code}/acceptance", json={"member": people.ticket(code)["member"]})
        is_problem(answer, 409)
        assert answer.json()["ticket"]["code"] == code and answer.json()["ticket"]["status"] == "accepted"


def test_a_stale_version_is_refused_and_the_right_one_is_not(people: People) -> None:
    code, _ = people.offered()
    version = people.ticket(code)["version"]
    stale = people.leader.post(f"/api/v1/tickets/{code}/acceptance", json={}, headers={"If-Match": f'"{version - 1}"'})
    is_problem(stale, 412)
    right = people.leader.post(f"/api/v1/tickets/{code}/acceptance", json={}, headers={"If-Match": f'"{version}"'})
    assert right.status_code == 201
    assert right.json()["version"] > version


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("refusal", {"reason": "no mood"}, "reason"),
        ("waiting", {}, "reason"),
        ("waiting", {"reason": "x", "until": "2020-01-01T00:00:00Z"}, "until"),
        ("resolution", {"outcome": "perfect"}, "outcome"),
        ("resolution", {}, "outcome"),
    ],
)
def test_a_verb_with_a_wrong_field_names_it(people: People, verb: str, body: dict[str, Any], field: str) -> None:
    code, _ = people.accepted() if verb != "refusal" else people.offered()
    before = people.ticket(code)["version"]
    is_problem(people.leader.post(f"/api/v1/tickets/{code}/{verb}", json=body), 422, field)
    assert people.ticket(code)["version"] == before


@pytest.mark.parametrize("verb", ["rating", "closure", "reopening", "cancellation"])
def test_a_residents_wrong_digits_find_nothing(people: People, verb: str) -> None:
    code, last4 = people.resolved()
    body = {"stars": 5, "reason": "x", "phone_last4": f"{(int(last4) + 1) % 10_000:04d}"}
    is_problem(people.anybody.post(f"/api/v1/tickets/{code}/{verb}", json=body), 404)


def test_a_member_of_another_team_may_do_nothing(people: People) -> None:
    code, _ = people.accepted()
    for verb, body in (("start", {}), ("acceptance", {}), ("resolution", {"outcome": "solved"})):
        is_problem(people.neighbour.post(f"/api/v1/tickets/{code}/{verb}", json=body), 404)


def test_the_nearest_teams_of_a_place_are_listed_with_why(people: People) -> None:
    answer = people.operator.get("/api/v1/teams/nearest", params={"lat": 12.66, "lon": 108.13, "category": "payments"})
    assert answer.status_code == 200, answer.text
    assert all({"team", "metres", "open", "why"} <= set(team) for team in answer.json())
    assert "chosen" in [team["why"] for team in answer.json()]


@pytest.mark.parametrize("by", ["unit", "team", "category", "channel", "day"])
def test_figures_have_their_shape(people: People, by: str) -> None:
    people.accepted()
    answer = people.supervisor.get(
        "/api/v1/metrics", params={"unit": COMMUNE, "from": "2026-11-25", "to": "2026-11-27", "by": by}
    )
    assert answer.status_code == 200, answer.text
    figures = answer.json()
    assert {"from", "to", "unit", "rows"} <= set(figures)
    assert (figures["from"], figures["to"], figures["unit"]) == ("2026-11-25", "2026-11-27", COMMUNE)
    row = figures["rows"][0]
    counts = {"key", "submitted", "open", "unrouted", "reopened", "offers", "declined", "rating_mean"}
    assert counts | {"response", "resolution"} <= set(row)
    assert set(row["response"]) == set(row["resolution"]) == CLOCK


def test_figures_of_another_unit_do_not_exist(people: People) -> None:
    is_problem(people.supervisor.get("/api/v1/metrics", params={"unit": OTHER_COMMUNE}), 404)


@pytest.mark.parametrize(("language", "word"), [("vi", "Không"), ("en", "not")])
def test_problems_speak_the_callers_language(people: People, language: str, word: str) -> None:
    answer: httpx.Response = people.supervisor.get("/api/v1/tickets/123456789", headers={"Accept-Language": language})
    is_problem(answer, 404)
    assert word.lower() in f"{answer.json()['title']} {answer.json()['detail']}".lower()
