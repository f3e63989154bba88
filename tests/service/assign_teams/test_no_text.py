"""What no text can hold is refused where a store would stumble over it, not a fault."""

import base64

import pytest

from tests.support.assign import SUPERVISOR, World
from tests.support.assign_fixtures import desk, dsn, world
from tests.support.assign_web import ADMINISTRATOR, Desk

__all__ = ["desk", "dsn", "world"]

NUL, HALF_A_CHARACTER = "\\u0000", "\\ud800"


@pytest.mark.parametrize("no_text", [NUL, HALF_A_CHARACTER])
@pytest.mark.parametrize("body", ['{"team": "%s", "reason": "x"}', '{"team": "one", "reason": "x", "member": "%s"}'])
async def test_a_code_that_is_no_text_is_refused(world: World, desk: Desk, body: str, no_text: str) -> None:
    await world.team("one", metres=100)
    code = await world.ask()
    headers = desk.token(SUPERVISOR) | {"content-type": "application/json"}
    answer = await desk.client.post(f"/api/v1/tickets/{code}/reassignment", content=body % no_text, headers=headers)
    assert answer.status_code == 422


async def test_a_cursor_from_before_all_time_is_refused(world: World, desk: Desk) -> None:
    cursor = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+14:00|{await world.ask()}".encode()).decode()
    assert (await desk.get("/api/v1/tickets", ADMINISTRATOR, cursor=cursor)).status_code == 422
