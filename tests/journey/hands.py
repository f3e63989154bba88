"""What residents, operators, members and supervisors do, each by the ways they have: pages, API, SMS."""

import re
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from tests.journey.cases import Asked
from tests.support.house import PATIENCE_S, House, moment, wait_until

Json = dict[str, Any]
_PAUSE_S = 0.04


@dataclass(frozen=True)
class Receipt:
    """What the sender knows after sending. The form's page shows no times to a program: they come by tracking."""

    code: str
    submitted_at: datetime
    response_due: datetime
    resolution_due: datetime


class Hands:
    """Everybody's hands on one house. To be closed."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._open = ExitStack()
        self.resident = self._caller()
        self.operator = self._caller("operator")
        self.supervisor = self._caller("supervisor", "--unit", "66")
        self.administrator = self._caller("administrator")
        self._members: dict[str, httpx.Client] = {}
        self._villages: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        self._open.close()

    def file(self, asked: Asked) -> Receipt:
        """Send the request by its way."""
        code = {"form": self._by_form, "operator": self._by_operator, "api": self._by_api}[asked.way](asked)
        shown = self.lookup(code, asked.phone)
        targets = shown["targets"]
        return Receipt(
            code, moment(shown["submitted_at"]), moment(targets["response_due"]), moment(targets["resolution_due"])
        )

    def lookup(self, code: str, phone: str) -> Json:
        """Tracking, as the resident sees it."""
        answer = self.resident.post(f"/api/v1/requests/{code}/lookup", json={"phone_last4": phone[-4:]})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ticket(self, code: str) -> Json | None:
        """As the province's supervisor sees it; None while assign has not heard of it."""
        answer = self.supervisor.get(f"/api/v1/tickets/{code}")
        assert answer.status_code in (200, 404), answer.text
        return answer.json() if answer.status_code == 200 else None

    def ticket_when(self, code: str, *statuses: str) -> Json:
        """The ticket as soon as it has one of the statuses."""
        seen: list[Json | None] = [None]

        def look() -> Json | None:
            seen[0] = self.ticket(code)
            return seen[0] if seen[0] and seen[0]["status"] in statuses else None

        return wait_until(look, PATIENCE_S, lambda: f"{code} is not {statuses}: {seen[0]}", _PAUSE_S)

    def ticket_with_offers(self, code: str, number: int) -> Json:
        """The ticket as soon as so many teams were asked."""

        def look() -> Json | None:
            found = self.ticket(code)
            return found if found and len(found["offers"]) >= number else None

        return wait_until(look, PATIENCE_S, lambda: f"{code} has not {number} offers: {self.ticket(code)}", _PAUSE_S)

    def person(self, phone: str, code: str) -> str:
        """The id under which staff know whoever has this phone, read off a message of the ticket."""
        return next(message["person"] for message in self.messages(code) if message["to"] == phone)

    def act(self, who: httpx.Client, code: str, action: str, **body: Any) -> Json:
        """`acceptance`, `resolution` …; the ticket as it is then."""
        answer = who.post(f"/api/v1/tickets/{code}/{action}", json=body)
        assert answer.status_code == 201, f"{action}: {answer.text}"
        return answer.json()

    def leader_of(self, team: str) -> httpx.Client:
        """The team's leader, with a token."""
        if team not in self._members:
            self._members[team] = self._caller("member", "--team", team)
        return self._members[team]

    def accept_on_page(self, team: str, code: str) -> Json:
        """The leader opens /team in a browser in which they are signed in, and presses the ticket's button."""
        browser = self._browser_of(team)
        button = f'action="/team/{code}/acceptance"'
        page = browser.get("/team")
        assert page.status_code == 200 and button in page.text, f"/team has no button for {code}"
        answer = browser.post(f"/team/{code}/acceptance", data={})
        assert answer.status_code == 303, answer.text
        return self.ticket_when(code, "accepted")

    def send_sms(self, phone: str, text: str) -> None:
        answer = self.resident.post(f"/api/v1/phones/{phone}/messages", json={"text": text})
        assert answer.status_code == 202, answer.text

    def texts(self, phone: str, code: str | None = None, alert: str | None = None) -> list[str]:
        """What a phone received of a ticket, oldest first."""
        answer = self.resident.get(f"/api/v1/phones/{phone}/messages")
        assert answer.status_code == 200, answer.text
        return [
            item["text"]
            for item in answer.json()["items"]
            if code in (None, item.get("code")) and alert in (None, item["alert"])
        ]

    def text_on(self, phone: str, code: str, alert: str, times: int = 1) -> str:
        """The newest such text, as soon as there are so many."""
        found = wait_until(
            lambda: self.texts(phone, code, alert)[times - 1 :],
            PATIENCE_S,
            lambda: f"{phone} has not {times} '{alert}' of {code}, only {self.texts(phone)}",
            _PAUSE_S,
        )
        return found[-1]

    def wait_until_told(self, code: str, alert: str, number: int) -> None:
        """Until so many phones have rung: who is overtaken by what happens next is not told any more."""

        def rung() -> bool:
            told = [message for message in self.messages(code) if message["alert"] == alert]
            return len([message for message in told if message["state"] in ("sent", "delivered")]) >= number

        wait_until(rung, PATIENCE_S, lambda: f"'{alert}' of {code}: {self.messages(code)}", _PAUSE_S)

    def messages(self, code: str) -> list[Json]:
        """Every message of a ticket, with whole numbers, the newest first."""
        answer = self.administrator.get("/api/v1/messages", params={"code": code})
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def short_number(self, phone: str, code: str) -> int:
        """Under which number this person knows the ticket, as the alert said it."""
        found = re.search(r"NHAN (\d+)", self.text_on(phone, code, "offered"))
        assert found
        return int(found.group(1))

    def _browser_of(self, team: str) -> httpx.Client:
        token = self.house.token("member", "--team", team)
        return self._open.enter_context(self.house.caller(cookie=f"caunoi_session={token}"))

    def _by_form(self, asked: Asked) -> str:
        page = self.resident.get("/").text
        nonce = re.search(r'name="nonce" value="([^"]+)"', page)
        assert nonce, "the page gives a nonce"
        fields = self._fields(asked) | {"nonce": nonce.group(1)}
        answer = self.resident.post("/", data={name: str(value) for name, value in fields.items()})
        assert answer.status_code == 303, answer.text
        code = re.search(r"/t/(\d{9})", answer.headers["location"])
        assert code, answer.headers["location"]
        sent = self.resident.get(answer.headers["location"])
        spoken = f"{code.group(1)[:3]} {code.group(1)[3:6]} {code.group(1)[6:]}"
        assert sent.status_code == 200 and spoken in sent.text.replace("\xa0", " "), "the page says the code in threes"
        return code.group(1)

    def _by_operator(self, asked: Asked) -> str:
        return self._by_json(self.operator, asked, "hotline")

    def _by_api(self, asked: Asked) -> str:
        return self._by_json(self.resident, asked, "api")

    def _by_json(self, who: httpx.Client, asked: Asked, channel: str) -> str:
        answer = who.post("/api/v1/requests", json=self._fields(asked) | {"channel": channel})
        assert answer.status_code == 201, answer.text
        return answer.json()["code"]

    def _fields(self, asked: Asked) -> Json:
        fields = {
            "category": asked.category,
            "description": asked.description,
            "phone": asked.phone,
            "requester_name": asked.name,
            "commune_code": asked.commune,
            "language": asked.language,
            "village_id": self._village(asked.commune, asked.village_team) if asked.village_team else None,
            "lat": asked.pin[0] if asked.pin else None,
            "lon": asked.pin[1] if asked.pin else None,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def _village(self, commune: str, team: str) -> str:
        if commune not in self._villages:
            answer = self.resident.get("/api/v1/catalogue/villages", params={"commune_code": commune})
            self._villages[commune] = {village["team_code"]: village["id"] for village in answer.json()}
        return self._villages[commune][team]

    def _caller(self, role: str | None = None, *words: str) -> httpx.Client:
        return self._open.enter_context(self.house.caller(role, *words))
