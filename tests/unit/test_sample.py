"""The sample province: the same codes and numbers for everybody, from the same seed."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from deploy.sample.__main__ import main
from deploy.sample.requests import make_requests
from deploy.sample.roster import Member, Team, make_roster
from deploy.sample.supervisors import sample_supervisors
from deploy.sample.words import TEXTS
from shared.vietnam.communes import communes, is_near_a_commune
from shared.vietnam.phones import parse_phone

PUBLISHED = {
    "teams.csv": "3076f4b08283f6216155c6c6b751ba76f6fdec218a74c50430867518d38806b7",
    "members.csv": "f95a317b977229e671dc926f67e5b358fcad8d9cbd8c2434e90b851d919a1690",
    "requests.jsonl": "54d4a9b5be7764c7665802c47fe0bc406d020406570dc246d28696e700ff9dc3",
}
"""SHA-256 of what the published generator writes with its default seed (requests: -n 200)."""

Roster = tuple[list[Team], list[Member]]


@pytest.fixture(scope="module")
def roster() -> Roster:
    return make_roster()


def test_the_files_are_those_everybody_has_byte_for_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    main(["teams", str(tmp_path)])
    main(["requests", str(tmp_path / "requests.jsonl"), "-n", "200"])

    assert {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in PUBLISHED} == PUBLISHED
    assert capsys.readouterr().out == "1147 teams, 7121 members\n200 requests\n"


def test_exactly_the_teams_and_members_of_2022(roster: Roster):
    teams, members = roster

    assert (len(teams), len(members)) == (1147, 7121)
    assert len({team.team_code for team in teams}) == 1147
    assert len({member.phone for member in members}) == 7121


def test_every_team_has_one_leader_and_at_least_three_members(roster: Roster):
    teams, members = roster
    sizes = Counter(member.team_code for member in members)
    leaders = Counter(member.team_code for member in members if member.role == "leader")

    assert set(sizes) == {team.team_code for team in teams}
    assert min(sizes.values()) >= 3
    assert set(leaders.values()) == {1} and len(leaders) == 1147


def test_every_number_is_one_that_the_forms_take(roster: Roster):
    _, members = roster

    assert all(parse_phone(member.phone) == member.phone for member in members)


def test_fifty_nine_of_the_102_communes_have_teams(roster: Roster):
    teams, _ = roster
    with_teams = {team.commune_code for team in teams}

    assert len(with_teams) == 59
    assert with_teams <= {commune.code for commune in communes("66")}


def test_another_seed_gives_another_roster(roster: Roster):
    assert make_roster(seed=5) != roster
    assert make_roster(seed=5) == make_roster(seed=5)


def test_any_number_of_teams_over_the_whole_country(tmp_path: Path):
    main(["teams", str(tmp_path), "--teams", "4000"])
    with (tmp_path / "teams.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    assert len(rows) == 4000
    assert len({row["commune_code"] for row in rows}) == 3321


def test_requests_name_places_that_exist_and_come_in_order_of_time(roster: Roster):
    teams = {team.team_code: team for team in roster[0]}
    requests = make_requests(300, seed=3)

    assert [request["submitted_at"] for request in requests] == sorted(request["submitted_at"] for request in requests)
    for request in requests:
        assert request["category"] in TEXTS
        assert parse_phone(request["phone"])
        if request["village_team_code"]:
            team = teams[request["village_team_code"]]
            assert (team.village, team.commune_code) == (request["village"], request["commune_code"])
        if request["lat"] is not None and request["lon"] is not None:
            assert is_near_a_commune(request["lat"], request["lon"])


class TestSupervisors:
    def test_one_for_the_province_and_one_for_each_commune(self):
        units = [supervisor.unit_code for supervisor in sample_supervisors()]

        assert units == ["66", *(commune.code for commune in communes("66"))]
        assert len(units) == 103

    def test_they_are_the_same_each_time(self):
        assert sample_supervisors() == sample_supervisors()

    def test_nobody_shares_a_number_with_another_supervisor_or_a_member(self, roster: Roster):
        numbers = {supervisor.phone for supervisor in sample_supervisors()}

        assert len(numbers) == 103
        assert numbers.isdisjoint(member.phone for member in roster[1])
        assert all(parse_phone(number) == number for number in numbers)

    def test_each_has_a_full_name(self):
        assert all(len(supervisor.full_name.split()) == 3 for supervisor in sample_supervisors())
