"""Whom a ticket would have been put before if nobody held anything: what each team's part of the work is by its place.

Teams with as many such parts are alike in demand, and among them the work has to spread. Pure.
"""

from services.assign.offers.nearest import DECIMETRES, Candidate, Decision, Need, ring, standing_metres


def parts(decision: Decision, need: Need) -> dict[str, float]:
    """Code of a team → how many of the askings of this decision were its own by place.

    They add up to the number of teams asked. Where more teams stand equally far than there are askings left, these
    are divided among them.
    """
    asked = len(decision.chosen)
    if not asked:
        return {}
    places = {team.code: _place(team, need) for team in decision.able}
    last = sorted(places.values())[asked - 1]
    before = [code for code, place in places.items() if place < last]
    equal = [code for code, place in places.items() if place == last]
    return dict.fromkeys(before, 1.0) | dict.fromkeys(equal, (asked - len(before)) / len(equal))


def _place(team: Candidate, need: Need) -> tuple[int, float]:
    return ring(team), round(standing_metres(team, need), DECIMETRES)
