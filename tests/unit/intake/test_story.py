"""A ticket's events as residents read them: in their language, without blame, numbers or notes."""

import json
from datetime import timedelta
from typing import Any

import pytest

from services.intake.tracking import story
from services.intake.tracking.pages import templates as words_of_tracking
from services.intake.tracking.shown import sentence
from services.intake.tracking.store import Happened
from shared.events import tickets
from shared.events.tickets import TicketEvent
from shared.web.languages import Translator
from tests.service.intake.world import WEDNESDAY, life, offer, told

assert words_of_tracking  # its room brings the words
CODE = "482915304"
HOLDER: dict[str, Any] = {"team": "T-1", "team_name": "Tổ Buôn Akŏ Dhông", "member": "m-1"}
LATER = WEDNESDAY + timedelta(hours=6)
EVENTS: list[TicketEvent] = [
    *life(CODE).values(),
    told(
        tickets.Widened,
        CODE,
        status="offered",
        offers=[offer(name="Tổ Thôn 2"), offer(name="Tổ Thôn 3")],
        reason="silence",
    ),
    told(tickets.Unrouted, CODE, status="unrouted", reason="no_team_near", told=["s-1"]),
    told(tickets.Waiting, CODE, status="waiting", until=LATER, **HOLDER),
    told(tickets.Waiting, CODE, status="waiting", until=None, **HOLDER),
    told(tickets.Resumed, CODE, status="in_progress", **HOLDER),
    told(tickets.HandedOver, CODE, status="handed_over", focal_point="vnpt", **HOLDER),
    told(tickets.Reopened, CODE, status="reopened", **HOLDER),
    told(tickets.Rated, CODE, status="closed", stars=5, **HOLDER),
    told(tickets.Cancelled, CODE, status="cancelled"),
    told(tickets.Reassigned, CODE, status="offered", from_team="T-1", to_team="T-2"),
    told(tickets.Merged, CODE, status="closed", into="482915304"),
    told(tickets.Joined, CODE, status="offered", request_id="01a20ff2-b039-7967-8148-921947487d4f"),
    told(tickets.Corrected, CODE, status="offered"),
    told(tickets.Escalated, CODE, status="offered", level="commune", what="response", told=["s-1"]),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_event_is_a_sentence_in_both_languages(event: TicketEvent, language: Any) -> None:
    assert story.is_told(event)
    happened = Happened(event.version, event.at, story.name(event), json.loads(json.dumps(story.facts(event))))
    text = sentence(happened, WEDNESDAY, Translator(language))
    assert text.endswith(".")
    assert "{" not in text and "None" not in text


def test_every_event_of_the_stream_is_listened_to() -> None:
    of_the_stream = {
        event for event in vars(tickets).values() if isinstance(event, type) and issubclass(event, TicketEvent)
    }
    assert of_the_stream - {TicketEvent} == {*story.TOLD, *story.SILENT, tickets.Answered}


def test_a_leader_who_is_reminded_is_not_the_residents_affair() -> None:
    reminded = told(tickets.Escalated, CODE, status="offered", level="leader", what="silence", told=["m-1"])
    assert not story.is_told(reminded)


def test_the_teams_asked_are_named_one_after_the_other() -> None:
    facts = story.facts(EVENTS[5])
    text = sentence(Happened(2, WEDNESDAY, "widened", facts), WEDNESDAY, Translator("vi"))
    assert text == "Hỏi thêm Tổ Thôn 2 và Tổ Thôn 3."


def test_the_team_asked_first_is_the_one_of_the_round_under_way() -> None:
    first, second = ({"asked": [{"team": name, "team_name": name}]} for name in ("Một", "Hai"))
    assert story.asked_team([("offered", first), ("widened", second)]) == "Một"
    assert story.asked_team([("offered", first), ("offered", second)]) == "Hai"
    assert story.asked_team([("offered", first), ("reassigned", {}), ("offered", second)]) == "Hai"
    assert story.asked_team([("unrouted", {})]) is None
    declined = ("declined", {"team": "Một"})
    assert story.asked_team([("offered", first), declined]) is None
    assert story.asked_team([("offered", first), declined, ("widened", second)]) == "Hai"
    assert story.asked_team([("offered", second), declined, ("widened", first)]) == "Hai"
    assert story.asked_team([declined, ("offered", first)]) == "Một"
