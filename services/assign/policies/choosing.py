"""Which policy counts: of the nearest unit above a place that has one on that day. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.assign.places.tables import Policy
from services.assign.sla.promised import Promised

COUNTRY = ""
"""Stands for the code of the whole country."""


@dataclass(frozen=True)
class Policies:
    """Policies by category and code of the unit (`COUNTRY` for everywhere), in whatever order of validity."""

    of: Mapping[tuple[str, str], Sequence[Policy]]

    @classmethod
    def among(cls, found: Iterable[tuple[Policy, str]]) -> "Policies":
        """From policies with the code of their unit."""
        of: dict[tuple[str, str], list[Policy]] = {}
        for policy, code in found:
            of.setdefault((policy.category, code), []).append(policy)
        return cls(of)

    def knows(self, category: str) -> bool:
        return (category, COUNTRY) in self.of

    def nearest(self, category: str, path: Sequence[str], day: date) -> Policy:
        """`path`: codes from the province down. KeyError where there is no such category."""
        for code in reversed(path):
            if found := in_force(self.of.get((category, code), ()), day):
                return found
        found = in_force(self.of[category, COUNTRY], day)
        if found is None:
            raise KeyError(category)
        return found

    def turns(self, category: str, path: Sequence[str]) -> list[date]:
        """Days on which another policy may begin to count, the beginning of time first."""
        mine = [policy for code in (COUNTRY, *path) for policy in self.of.get((category, code), ())]
        ends = {policy.valid_to for policy in mine if policy.valid_to}
        return sorted({date.min} | {policy.valid_from for policy in mine} | ends)


def in_force(policies: Iterable[Policy], day: date) -> Policy | None:
    """The latest that has begun and not ended."""
    begun = [
        policy for policy in policies if policy.valid_from <= day and (not policy.valid_to or day < policy.valid_to)
    ]
    return max(begun, key=lambda policy: policy.valid_from, default=None)


def promised_by(
    policy: Policy,
    calendar: dict[str, Any],
    response_s: float | None = None,
    resolution_s: float | None = None,
    urgent: bool | None = None,
) -> Promised:
    """What a ticket keeps of a policy; targets as they were promised to the resident, where they are given."""
    return Promised(
        response_s=policy.response_s if response_s is None else response_s,
        resolution_s=policy.resolution_s if resolution_s is None else resolution_s,
        urgent=policy.urgent if urgent is None else urgent,
        calendar_plain=calendar,
        widen_s=policy.widen_s,
        first_teams=policy.first_teams,
        reach_m=policy.reach_m,
        most_held=policy.most_held,
        no_skill_m=policy.no_skill_m,
        no_language_m=policy.no_language_m,
        open_offer_m=policy.open_offer_m,
        accepted_m=policy.accepted_m,
        steps=policy.steps,
    )
