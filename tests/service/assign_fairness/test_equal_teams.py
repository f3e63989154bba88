"""Twenty teams at one point (a roster without coordinates): more than are looked at first, and nobody is left out."""

from collections import Counter, deque
from datetime import timedelta

from services.assign.offers import store
from services.assign.reporting.fairness.alike import EVEN
from services.assign.reporting.fairness.gini import gini
from services.assign.tickets.lifecycle import Action
from tests.support.assign import SUPERVISOR, WEDNESDAY, World, member

TEAMS, REQUESTS, AT_ONCE = 20, 300, 10


async def test_three_hundred_requests_are_spread_over_them(world: World):
    """In batches, as the bus delivers them; a ticket is in hand until three more batches have come."""
    for number in range(TEAMS):
        await world.team(f"t{number:02}")
    accepted: Counter[str] = Counter()
    in_hand: deque[tuple[str, str]] = deque()
    for batch in range(REQUESTS // AT_ONCE):
        world.clock.set_now(WEDNESDAY + timedelta(minutes=5 * batch))
        events = [await world.request() for _ in range(AT_ONCE)]
        await world.submit(*events)
        for event in events:
            [team] = await world.outcomes(event.code)
            await world.act(event.code, Action.ACCEPTANCE, member(team))
            accepted[team] += 1
            in_hand.append((event.code, team))
        while len(in_hand) > 3 * AT_ONCE:
            code, team = in_hand.popleft()
            await world.act(code, Action.RESOLUTION, member(team), outcome="solved")
    assert len(accepted) == TEAMS and sum(accepted.values()) == REQUESTS
    assert gini(list(accepted.values())) <= EVEN


async def test_whoever_was_given_a_ticket_by_a_supervisor_was_asked_too(world: World):
    """Idle counts from there: else a team that is given much would be asked first as well."""
    for code in ("given", "idle"):
        await world.team(code, metres=100, last_offer_at=WEDNESDAY - timedelta(hours=1))
    await world.team("near", metres=10)
    code = await world.ask()
    await world.act(code, Action.REASSIGNMENT, SUPERVISOR, team="given", reason="đã quen việc này")
    assert (await world.team_now("given")).last_offer_at >= WEDNESDAY
    await world.act(code, Action.CANCELLATION, SUPERVISOR, reason="thôi")
    await world.change_team("near", reachable=False)
    assert await world.outcomes(await world.ask()) == {"idle": "open"}


async def test_a_decision_that_could_not_be_kept_leaves_nobody_asked(world: World):
    """Two of three places are free: none is taken, and nobody's turn has passed."""
    await world.team("a")
    await world.team("b")
    await world.team("c", accepted=5)
    async with world.store.begin() as unit:
        assert not await store.reserve(unit, ["a", "b", "c"], None, WEDNESDAY)
        assert await store.reserve(unit, ["a"], None, WEDNESDAY)
    assert [(await world.team_now(team)).open_offers for team in "abc"] == [1, 0, 0]
    assert (await world.team_now("b")).last_offer_at is None
