"""Promise 2.4: every state of a message meets every word of a receipt."""

import itertools

import pytest

from services.notify.messages.fate import _TONES
from services.notify.receipts.rules import STEPS, Kind, decisive, step

KINDS: tuple[Kind, ...] = ("on_its_way", "delivered", "failed")
RANK = {"queued": 0, "sending": 1, "sent": 2, "failed": 3, "expired": 3, "delivered": 4}
BECOMES = {"sent": "sent", "delivered": "delivered", "corrected": "delivered", "failed": "failed"}


@pytest.mark.parametrize(("kind", "state"), list(itertools.product(KINDS, RANK)))
def test_no_state_ever_goes_back(kind: Kind, state: str) -> None:
    becomes = BECOMES.get(step(kind, state), state)
    assert RANK[becomes] >= RANK[state]


def test_the_table_knows_every_state() -> None:
    assert all(set(row) == set(_TONES) for row in STEPS.values())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_being_sent_is_left_to_its_sender(kind: Kind) -> None:
    assert step(kind, "sending") == "wait"


def test_a_late_failure_does_no_harm_and_a_late_arrival_corrects() -> None:
    assert step("failed", "delivered") == "nothing"
    assert step("delivered", "failed") == "corrected"
    assert step("delivered", "delivered") == "nothing"


def test_of_several_receipts_at_once_the_one_from_the_phone_decides() -> None:
    assert decisive({"on_its_way", "failed", "delivered"}) == "delivered"
    assert decisive({"on_its_way", "failed"}) == "failed"
