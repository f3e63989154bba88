"""1.22: sixty requests by form, operator and API, against an oracle that knows the roster and nothing of our code."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.vietnam.names import fold
from tests.journey.figures import KEYS, due_times, own_rows
from tests.journey.hands import Hands, Json
from tests.journey.oracle import REACH_M
from tests.journey.roster import Roster, read_roster
from tests.journey.story import Case, Story, two_digit_word
from tests.journey.texting import CALLED, Leader, Resident, village_team
from tests.support.house import House, moment, own_house

pytestmark = pytest.mark.slow
A_MOMENT = timedelta(seconds=60)
"""So much later than its time something may happen on a busy machine: the clock moves on meanwhile."""


@pytest.fixture(scope="module")
def own(run_folder: Path) -> Iterator[House]:
    """A house in which nobody else asks: its figures are ours."""
    with own_house(run_folder) as running:
        yield running


@pytest.fixture(scope="module")
def hands(own: House) -> Iterator[Hands]:
    hands = Hands(own)
    yield hands
    hands.close()


@pytest.fixture(scope="module")
def roster(own: House) -> Roster:
    return read_roster(own.folder / "sample" / "dak_lak")


@pytest.fixture(scope="module")
def asked(hands: Hands, roster: Roster) -> Story:
    """Everybody has asked; each request was put before teams, and many were answered meanwhile."""
    story = Story(hands, roster)
    story.ask_all()
    return story


@pytest.fixture(scope="module")
def answered(asked: Story) -> Story:
    asked.answer_all()
    return asked


@pytest.fixture(scope="module")
def widened(answered: Story) -> Story:
    answered.widen()
    return answered


@pytest.fixture(scope="module")
def worked(widened: Story) -> Story:
    widened.work()
    return widened


@pytest.fixture(scope="module")
def closed(worked: Story) -> Story:
    worked.three_days_later()
    return worked


def test_each_request_is_one_ticket_put_before_the_teams_that_the_oracle_chose(asked: Story) -> None:
    assert len({case.code for case in asked.cases}) == 60
    for case in asked.cases:
        chosen = [offer["team"] for offer in case.ticket["offers"]]
        assert chosen == [team.code for team in case.expected], case


def test_metres_are_right_within_half_a_percent_and_loads_are_what_the_teams_held(asked: Story) -> None:
    for case in asked.cases:
        for offer in case.ticket["offers"]:
            assert offer["metres"] == pytest.approx(case.metres[offer["team"]], rel=0.005, abs=1), case
            assert offer["open"] == case.loads[offer["team"]], case


def test_the_nearest_ten_are_kept_with_their_metres_and_why_each_was_taken_or_left(asked: Story) -> None:
    for case in asked.cases:
        considered = {seen["team"]: seen for seen in case.ticket["considered"]}
        nearest = [team.code for team in asked.oracle.nearest(case.need, 10)]
        assert set(nearest) <= set(considered), case
        for team, seen in considered.items():
            assert seen["metres"] == pytest.approx(case.metres[team], rel=0.005, abs=1)
            assert (seen["why"] == "chosen") == (team in [one.code for one in case.expected])
            if seen["why"] == "too_far":
                assert case.metres[team] > REACH_M * 0.995


def test_a_village_whose_team_holds_all_it_can_is_helped_by_the_next(asked: Story) -> None:
    market_day = asked.cases[:12]
    village = market_day[0].need.village_team
    helped_elsewhere = [case for case in market_day if case.expected[0].code != village]
    assert helped_elsewhere
    for case in helped_elsewhere:
        assert {seen["team"]: seen["why"] for seen in case.ticket["considered"]}[village] == "full"


def test_whom_nobody_is_near_is_told_so_and_the_supervisor_has_it(asked: Story) -> None:
    nobody = [case for case in asked.cases if not case.expected]
    assert len(nobody) == 3
    for case in nobody:
        assert (case.ticket["status"], case.ticket["unrouted_reason"]) == ("unrouted", "no_team_near")
        asked.hands.text_on(case.asked.phone, case.code, "unrouted")
        told = [message for message in asked.hands.messages(case.code) if message["alert"] == "unrouted"]
        assert {message["to"] for message in told} > {case.asked.phone}, "the commune's supervisor is told as well"


def test_the_resident_gets_the_code_and_the_promise(asked: Story) -> None:
    for case in asked.cases:
        spoken = f"{case.code[:3]} {case.code[3:6]} {case.code[6:]}"
        text = asked.hands.text_on(case.asked.phone, case.code, "submitted")
        assert spoken in text
        if not case.is_urgent and case.asked.category != "connectivity":
            assert f"{(case.receipt.submitted_at + timedelta(hours=9)):%H:%M}" in text, "two working hours from then"


def test_what_is_promised_is_counted_in_office_hours(asked: Story) -> None:
    for case in asked.cases:
        assert (case.receipt.response_due, case.receipt.resolution_due) == due_times(case), case.asked.category


def test_an_offer_rings_the_leader_and_one_member_who_can_do_it_and_what_is_urgent_the_rest_too(
    answered: Story, roster: Roster
) -> None:
    for case in answered.cases:
        for code in case.asked_teams:
            _rings(answered, case, code, roster)


def _rings(story: Story, case: Case, code: str, roster: Roster) -> None:
    team = roster.teams[code]
    story.hands.text_on(team.leader.phone, case.code, "offered")
    told = [member for member in team.others if story.hands.texts(member.phone, case.code, "offered")]
    most = len(team.others) if case.is_urgent else 1
    assert 1 <= len(told) <= most, f"of {code}, told were {told}"
    if any(case.asked.category in member.skills for member in team.others):
        assert any(case.asked.category in member.skills for member in told)


def test_a_declined_offer_goes_to_the_next_team_at_once(answered: Story) -> None:
    declined = answered.with_fate("declined by SMS", "declined by API")
    assert len(declined) >= 4
    for case in declined:
        first, second = case.then["declined"]["offers"]
        assert (first["outcome"], second["outcome"]) == ("declined", "open")
        assert case.expected_next and second["team"] == case.expected_next.code


def test_member_and_resident_get_the_same_two_digit_word(widened: Story, roster: Roster) -> None:
    for case in widened.cases:
        if case.owner and case.asked.fate != "done by one SMS":
            member = roster.teams[case.owner].leader
            theirs = two_digit_word(widened.hands.text_on(member.phone, case.code, "accepted"))
            assert theirs == two_digit_word(widened.hands.text_on(case.asked.phone, case.code, "accepted"))
            assert case.then["accepted"]["team"] == case.owner


def test_only_the_member_who_accepted_gets_the_residents_number(widened: Story) -> None:
    for case in widened.cases[:20]:
        spoken = case.asked.phone.replace("+84", "0")
        holders = {
            message["to"] for message in widened.hands.messages(case.code) if spoken in message["text"].replace(" ", "")
        }
        owner = {widened.roster.teams[case.owner].leader.phone} if case.owner else set[str]()
        assert holders <= owner


def test_after_twenty_minutes_of_silence_the_next_team_is_asked_as_well(widened: Story) -> None:
    silent = widened.with_fate("widened, the second takes it", "widened, the first takes it", "left unanswered")
    assert len(silent) >= 5
    for case in silent:
        first, second = case.then["widened"]["offers"]
        assert (first["outcome"], second["outcome"]) == ("open", "open")
        assert case.expected_next and second["team"] == case.expected_next.code
        assert timedelta() <= moment(second["at"]) - moment(first["at"]) - timedelta(minutes=20) < A_MOMENT


def test_the_first_to_accept_has_it_and_the_other_is_thanked(widened: Story, roster: Roster) -> None:
    for case in widened.with_fate("widened, the second takes it", "widened, the first takes it"):
        [other] = [team for team in case.asked_teams if team != case.owner]
        text = widened.hands.text_on(roster.teams[other].leader.phone, case.code, "taken")
        assert "Cam on" in text
        outcomes = {offer["team"]: offer["outcome"] for offer in case.then["accepted"]["offers"]}
        assert outcomes == {case.owner: "accepted", other: "taken"}


def test_the_resident_is_told_that_it_is_done_and_how_to_object(worked: Story) -> None:
    for case in worked.cases:
        if "resolved" in case.then:
            assert "CHUA" in worked.hands.text_on(case.asked.phone, case.code, "resolved")


def test_who_objects_has_the_member_back(worked: Story) -> None:
    reopened = [case for case in worked.cases if case.reopened]
    assert len(reopened) == 2
    for case in reopened:
        assert case.owner
        assert case.then["reopened"]["team"] == case.owner
        worked.hands.text_on(worked.roster.teams[case.owner].leader.phone, case.code, "reopened")


def test_after_three_days_without_objection_the_clock_closes_what_is_done(closed: Story) -> None:
    done = [case for case in closed.cases if "resolved" in case.then]
    assert len(done) > 40
    for case in done:
        assert case.then["later"]["status"] == "closed"
        closes = [moment(entry["at"]) for entry in case.then["later"]["timeline"] if entry["event"] == "closed"]
        resolved = [moment(entry["at"]) for entry in case.then["later"]["timeline"] if entry["event"] == "resolved"]
        assert timedelta() <= closes[0] - resolved[-1] - timedelta(hours=72) < A_MOMENT


def test_what_is_not_done_stays_open_with_something_to_come(closed: Story) -> None:
    for case in closed.cases:
        later = case.then["later"]
        if "resolved" not in case.then and "cancelled" not in case.then:
            assert later["status"] in ("unrouted", "offered", "in_progress"), later
            assert later["next_action"]["at"]
            assert later["targets"]["response"]["breached_at"] or later["targets"]["response"]["met_at"]


def test_silence_goes_on_from_team_to_team_until_all_within_reach_were_asked(closed: Story) -> None:
    [left] = closed.with_fate("left unanswered")
    later = left.then["later"]
    assert [offer["team"] for offer in later["offers"]] == left.asked_teams
    assert len(left.asked_teams) > 2
    told = [message["alert"] for message in closed.hands.messages(left.code)]
    assert later["status"] == "offered" and "escalated" in told, "it is never a dead end: the supervisor knows"


def test_tracking_tells_each_resident_the_right_story(closed: Story) -> None:
    for case in closed.cases:
        story = closed.hands.lookup(case.code, case.asked.phone)
        events = [entry["event"] for entry in story["timeline"]]
        assert story["status"] == case.then["later"]["status"]
        assert events[0] == "submitted"
        assert [entry["at"] for entry in story["timeline"]] == sorted(entry["at"] for entry in story["timeline"])
        assert _changes_of(case) <= set(events), case
        if case.owner and "cancelled" not in case.then:
            assert story["team"]["name"] == closed.roster.teams[case.owner].name
            assert story["team"]["phone"] in {member.phone for member in closed.roster.teams[case.owner].members}


def _changes_of(case: Case) -> set[str]:
    """What must stand in the timeline by what the test itself did."""
    changes = {"submitted", "offered" if case.expected else "unrouted"}
    changes |= {"accepted"} if case.owner else set()
    changes |= {"resolved", "closed"} if "resolved" in case.then else set()
    return changes | {step for step in ("started", "reopened", "cancelled") if step in case.then}


@pytest.mark.parametrize("by", KEYS)
def test_the_figures_are_the_tests_own_sums(closed: Story, by: str) -> None:
    answer = closed.hands.supervisor.get(
        "/api/v1/metrics", params={"unit": "66", "from": "2026-11-25", "to": "2026-12-05", "by": by}
    )
    assert answer.status_code == 200, answer.text
    rows = {row["key"]: row for row in answer.json()["rows"]}
    own = own_rows(closed.cases, by, moment("2026-11-28T10:00:00+07:00"))
    assert len(rows) == (102 if by == "unit" else len(own))
    for key, sums in own.items():
        _same(rows[key], sums)
    assert sum(row["submitted"] for row in rows.values()) == 60


def _same(row: Json, sums: Json) -> None:
    for name, value in sums.items():
        if isinstance(value, dict):
            assert row[name] == pytest.approx(value, abs=0.01), f"{row['key']} {name}"
        else:
            assert row[name] == value, f"{row['key']} {name}"


def test_without_data_help_is_asked_for_followed_objected_to_and_rated_by_text_alone(
    own: House, hands: Hands, roster: Roster
) -> None:
    """2.9: whoever has nothing but texts gets all the way; it stands last, for the figures above are of the others."""
    resident, team = Resident(hands, "+84905820077"), village_team(roster)
    leader = Leader(hands, team)
    assert "bac o xa (phuong), thon" in resident.write_and_hear("HOTRO nha toi mat mang ba hom nay")
    assert "thon, buon, to dan pho nao cua Phuong Tan An" in resident.write_and_hear(CALLED)
    resident.write(fold(team.village).lower())
    assert "To gan nhat tra loi truoc" in resident.learn_code()
    offered = hands.ticket_when(resident.code, "offered")
    assert [offer["team"] for offer in offered["offers"]] == [team.code]
    assert offered["category"] == "connectivity"

    leader.hear_offer(resident.code)
    leader.write("NHAN")
    hands.ticket_when(resident.code, "accepted")
    assert two_digit_word(resident.told("accepted"))
    assert "da co nguoi nhan" in resident.write_and_hear("XEM")
    leader.write("XONG")
    hands.ticket_when(resident.code, "resolved")
    assert "soan CHUA" in resident.told("resolved")

    resident.write("chưa được, mạng vẫn chập chờn")
    hands.ticket_when(resident.code, "reopened")
    leader.write("XONG")
    assert "soan CHUA" in resident.told("resolved", times=2)
    assert "5 sao" in resident.write_and_hear("DANHGIA 5")
    own.clock("+73h")
    closed = hands.ticket_when(resident.code, "closed")
    assert closed["stars"] == 5
    assert "da khep lai" in resident.told("closed")
    assert all("OTP" in text for text in hands.texts(resident.phone))
