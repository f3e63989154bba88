"""What a roster would change, compared with what is known."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from services.assign.places.national import province_with_communes
from services.assign.teams.roster.plan import Known, Plan, make_plan
from services.assign.teams.roster.take_in import Files, understand
from services.assign.teams.tables import Member, Team

UNITS = {unit.code: unit for unit in province_with_communes("66")}
SKILLS = ("payments", "device", "training")
TEAMS = "team_code,team_name,village,commune_code,lat,lon"
MEMBERS = "team_code,full_name,role,phone,skills,languages"
ONE_TEAM = [f"{TEAMS}\nT1,Tổ Một,Thôn 1,24121,12.66,108.10"]
LAN, MAI = "T1,Lan,leader,0905000001,payments,vi", "T1,Mai,member,0905000002,device,vi;rad"
TWO_MEMBERS = [f"{MEMBERS}\n{LAN}\n{MAI}"]
NOTHING = Known(UNITS, {}, [], {})


def plan(known: Known, teams: str | None = None, members: str | None = None, replace: bool = False) -> Plan:
    files = Files(*(text.encode() if text is not None else None for text in (teams, members)))
    roster, wrong = understand(files, SKILLS, replace)
    assert not wrong
    numbers = count(len(known.members) + 1)
    return make_plan(known, roster, lambda: f"new-{next(numbers)}")


def known_after(known: Known, done: Plan) -> Known:
    """What the store holds once the plan is kept."""
    people = done.members
    changed = (*people.created, *people.changed, *people.removed, *people.told_again)
    members = {member.id: member for member in (*known.members, *changed)}
    teams = dict(known.teams) | {team.code: team for team in (*done.teams.after.values(), *done.teams.removed)}
    villages = {
        village.id: village for village in (*known.villages.values(), *done.villages.created, *done.villages.changed)
    }
    return Known(UNITS, teams, list(members.values()), villages)


def first() -> Known:
    return known_after(NOTHING, plan(NOTHING, ONE_TEAM[0], TWO_MEMBERS[0]))


def names(members: Iterable[Member]) -> list[str]:
    return [member.full_name for member in members]


def problems(done: Plan) -> list[tuple[int | None, str | None, str]]:
    return [(wrong.row, wrong.column, wrong.problem) for wrong in done.wrong]


def test_a_first_roster_creates_team_members_and_village() -> None:
    done = plan(NOTHING, ONE_TEAM[0], TWO_MEMBERS[0])
    (team,), (village,) = done.teams.created, done.villages.created
    assert (team.commune, team.unit_path, team.province) == ("24121@2025-07-01", ["66", "24121"], "66")
    assert (team.village_id, village.team_code, village.name) == (village.id, "T1", "Thôn 1")
    assert names(done.members.created) == ["Lan", "Mai"]


def test_the_same_roster_again_changes_nothing() -> None:
    done = plan(first(), ONE_TEAM[0], TWO_MEMBERS[0])
    assert (done.teams.unchanged, done.members.unchanged) == (1, 2)
    assert not (done.teams.changed or done.members.changed or done.members.told_again or done.villages.changed)
    assert not done.team_codes


def test_a_changed_member_keeps_the_id_and_counts_a_revision_up() -> None:
    done = plan(first(), members=f"{MEMBERS}\n{MAI.replace('device', 'training')}")
    (mai,) = done.members.changed
    assert (mai.id, mai.revision, mai.skills) == ("new-2", 2, ["training"])
    assert not done.members.removed, "who is absent is left alone"


def test_a_column_that_is_absent_leaves_things_as_they_are() -> None:
    done = plan(first(), members="team_code,full_name,phone\nT1,Mai,0905000002")
    assert done.members.unchanged == 1


def test_with_a_member_code_a_new_number_is_the_same_person_reachable_again() -> None:
    heading = f"{MEMBERS},member_code"
    known = known_after(NOTHING, plan(NOTHING, ONE_TEAM[0], f"{heading}\n{LAN},A1"))
    known.members[0].bad_address_since = known.members[0].stopped_at = _anytime()
    done = plan(known, members=f"{heading}\n{LAN.replace('0905000001', '0905000009')},A1")
    (lan,) = done.members.changed
    assert (lan.id, lan.phone, lan.bad_address_since, lan.stopped_at) == ("new-1", "+84905000009", None, None)


def test_a_member_code_is_given_to_whoever_has_the_phone() -> None:
    done = plan(first(), members=f"{MEMBERS},member_code\n{LAN},A1")
    assert [(member.id, member.member_code) for member in done.members.changed] == [("new-1", "A1")]


def test_a_member_who_moves_touches_both_teams() -> None:
    known = known_after(first(), plan(first(), f"{TEAMS}\nT2,Tổ Hai,Thôn 2,24121,12.67,108.11"))
    done = plan(known, members=f"{MEMBERS}\n{MAI.replace('T1', 'T2')}")
    assert done.team_codes == ["T1", "T2"]


def test_a_team_with_another_name_is_told_with_all_its_people() -> None:
    done = plan(first(), ONE_TEAM[0].replace("Tổ Một", "Tổ Nhất"))
    assert [team.revision for team in done.teams.changed] == [2]
    assert [(member.full_name, member.revision) for member in done.members.told_again] == [("Lan", 2), ("Mai", 2)]


def test_a_team_without_a_location_stands_at_its_communes_point_and_keeps_its_pin_later() -> None:
    bare = f"{TEAMS}\nT1,Tổ Một,Thôn 1,24121,,"
    (team,) = plan(NOTHING, bare).teams.created
    assert (team.lat, team.lon) == (UNITS["24121"].lat, UNITS["24121"].lon)
    assert plan(first(), bare).teams.unchanged == 1
    (moved,) = plan(first(), bare.replace("24121", "24133")).teams.changed
    assert (moved.lat, moved.lon) == (UNITS["24133"].lat, UNITS["24133"].lon)


def test_a_new_leader_takes_the_place_of_one_who_is_not_listed() -> None:
    done = plan(first(), members=f"{MEMBERS}\nT1,Hoa,leader,0905000003,device,vi")
    assert names(done.members.created) == ["Hoa"]
    assert [(member.full_name, member.role) for member in done.members.changed] == [("Lan", "member")]


def test_replacing_removes_what_is_absent_with_its_people_but_not_the_village() -> None:
    done = plan(first(), f"{TEAMS}\nT2,Tổ Hai,Thôn 2,24121,12.67,108.11", f"{MEMBERS}", replace=True)
    assert [team.code for team in done.teams.removed] == ["T1"]
    assert names(done.members.removed) == ["Lan", "Mai"]
    village = next(village for village in done.villages.changed)
    assert (village.name, village.team_code, village.retired) == ("Thôn 1", None, False)


def test_replacing_members_alone_leaves_teams() -> None:
    done = plan(first(), members=f"{MEMBERS}\n{LAN}", replace=True)
    assert not done.teams.removed
    assert names(done.members.removed) == ["Mai"]


def test_a_team_that_holds_open_tickets_is_not_removed() -> None:
    for held in ({"accepted": 1}, {"open_offers": 1}):
        known = first()
        known = Known(UNITS, {"T1": _with(known.teams["T1"], held)}, known.members, known.villages)
        done = plan(known, f"{TEAMS}\nT2,Tổ Hai,Thôn 2,24121,12.67,108.11", replace=True)
        assert problems(done) == [(None, "team_code", "holds_open_tickets")]


def test_a_village_with_another_name_retires_the_old_one() -> None:
    done = plan(first(), ONE_TEAM[0].replace("Thôn 1", "Thôn Một"))
    assert [(village.name, village.team_code) for village in done.villages.created] == [("Thôn Một", "T1")]
    assert [(village.name, village.retired) for village in done.villages.changed] == [("Thôn 1", True)]


def test_who_comes_back_is_the_same_person() -> None:
    known = known_after(first(), plan(first(), members=f"{MEMBERS}\n{LAN}", replace=True))
    done = plan(known, members=TWO_MEMBERS[0])
    assert [(member.id, member.revision, member.retired) for member in done.members.created] == [("new-2", 3, False)]


def test_rows_that_do_not_fit_together_are_named() -> None:
    teams = f"{ONE_TEAM[0]}\nT1,Lại,Thôn 3,24121,,\nT3,Tổ Ba,Thôn 3,99999,,\nT4,Tổ Tư,Thôn 4,66,,"
    members = (
        f"{MEMBERS}\n{LAN}\nT1,Hai,member,0905000001,,vi\nT1,Ba,leader,0905000003,,vi\nT9,Tư,member,0905000004,,vi"
    )
    assert problems(plan(NOTHING, teams, members)) == [
        (3, "team_code", "team_twice"),
        (4, "commune_code", "unknown_commune"),
        (5, "commune_code", "unknown_commune"),
        (3, "phone", "phone_twice"),
        (4, "role", "two_leaders"),
        (5, "team_code", "unknown_team"),
    ]


def test_members_are_not_blamed_for_the_wrong_row_of_their_team() -> None:
    done = plan(NOTHING, ONE_TEAM[0].replace("24121", "99999"), TWO_MEMBERS[0])
    assert problems(done) == [(2, "commune_code", "unknown_commune")]


def test_a_number_that_another_member_has_is_refused() -> None:
    heading = f"{MEMBERS},member_code"
    known = known_after(NOTHING, plan(NOTHING, ONE_TEAM[0], f"{heading}\n{LAN},A1\n{MAI},A2"))
    done = plan(known, members=f"{heading}\n{LAN.replace('0905000001', '0905000002')},A1")
    assert problems(done) == [(2, "phone", "phone_in_use")]


def test_two_members_may_exchange_their_numbers() -> None:
    heading = f"{MEMBERS},member_code"
    known = known_after(NOTHING, plan(NOTHING, ONE_TEAM[0], f"{heading}\n{LAN},A1\n{MAI},A2"))
    swapped = f"{heading}\nT1,Lan,leader,0905000002,payments,vi,A1\nT1,Mai,member,0905000001,device,vi;rad,A2"
    done = plan(known, members=swapped)
    assert not done.wrong and names(done.members.changed) == ["Lan", "Mai"]


def _with(row: Team, values: dict[str, Any]) -> Team:
    return Team(**{**row.model_dump(), **values})


def _anytime() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 11, 1, tzinfo=UTC)
