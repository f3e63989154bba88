"""A resident who has a telephone without data, and a team's leader who answers likewise: nothing but texts."""

import re
from collections import Counter

from tests.journey.hands import PATIENCE_S, Hands
from tests.journey.roster import Roster, Team
from tests.support.house import wait_until

COMMUNE, CALLED = "24163", "phuong Tan An"
"""Where they live, and how they type it."""


class Resident:
    """Their telephone."""

    def __init__(self, hands: Hands, phone: str) -> None:
        self.hands = hands
        self.phone = phone
        self.code = ""

    def write(self, text: str) -> None:
        self.hands.send_sms(self.phone, text)

    def write_and_hear(self, text: str) -> str:
        """The answer to what they write."""
        before = len(self.hands.texts(self.phone, None, "answer"))
        self.write(text)
        answers = wait_until(
            lambda: self.hands.texts(self.phone, None, "answer")[before:],
            PATIENCE_S,
            lambda: f"“{text}” was not answered, only {self.hands.texts(self.phone)}",
        )
        return answers[-1]

    def told(self, alert: str, times: int = 1) -> str:
        """The newest such text of their request, as soon as it came so often."""
        return self.hands.text_on(self.phone, self.code, alert, times)

    def learn_code(self) -> str:
        """From the text that says that the request is in."""
        text = wait_until(lambda: self.hands.texts(self.phone, None, "submitted"), PATIENCE_S)[-1]
        found = re.search(r"\b(\d{3}) (\d{3}) (\d{3})\b", text)
        assert found, text
        self.code = "".join(found.groups())
        return text


class Leader:
    """The leader of the team of their village."""

    def __init__(self, hands: Hands, team: Team) -> None:
        self.hands = hands
        self.team = team
        self.number = 0

    def hear_offer(self, code: str) -> None:
        self.number = self.hands.short_number(self.team.leader.phone, code)

    def write(self, word: str) -> None:
        self.hands.send_sms(self.team.leader.phone, f"{word} {self.number}")


def village_team(roster: Roster) -> Team:
    """A team whose village has no namesake in the commune."""
    here = [team for team in roster.teams.values() if team.commune == COMMUNE]
    names = Counter(team.village for team in here)
    return next(team for team in here if names[team.village] == 1)
