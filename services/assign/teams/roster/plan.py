"""What taking in a roster would change, compared with what is known. Pure: nothing is read or written here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.assign.places.tables import AdministrativeUnit, Village
from services.assign.teams.roster.facts import Roster
from services.assign.teams.roster.member_plan import MemberChanges, plan_members
from services.assign.teams.roster.team_plan import TeamChanges, plan_teams
from services.assign.teams.roster.village_plan import VillageChanges, plan_villages
from services.assign.teams.roster.wrong import Wrong
from services.assign.teams.tables import Member, Team


@dataclass(frozen=True)
class Known:
    """What the store holds of all that a roster speaks of; when replacing, of everything."""

    units: Mapping[str, AdministrativeUnit]
    """By code."""
    teams: Mapping[str, Team]
    """By code, retired ones too."""
    members: Sequence[Member]
    """Retired ones too."""
    villages: Mapping[str, Village]
    """By id."""
    joining: Sequence[AdministrativeUnit] = ()
    """Units that an installation without any takes in with its first roster."""


@dataclass(frozen=True)
class Plan:
    """All of it is done, or, where anything is wrong, nothing."""

    teams: TeamChanges
    members: MemberChanges
    villages: VillageChanges

    @property
    def wrong(self) -> list[Wrong]:
        return [*self.teams.wrong, *self.members.wrong]

    @property
    def team_codes(self) -> list[str]:
        """Teams that are, or whose members are, other than before; sorted, as rows are locked."""
        moved = [member.team_code for member in (*self.members.created, *self.members.changed, *self.members.removed)]
        teams = [team.code for team in (*self.teams.created, *self.teams.changed)]
        return sorted({*teams, *moved, *self.members.left_teams})


def make_plan(known: Known, roster: Roster, new_id: Callable[[], str]) -> Plan:
    """What to create, change and remove, and every row that is wrong."""
    teams = plan_teams(known.units, known.teams, roster)
    villages = plan_villages(known.villages, known.teams, teams)
    members = plan_members(known.members, teams, roster, new_id)
    return Plan(teams, members, villages)
