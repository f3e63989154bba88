"""A house whose people have phones behind Kannel: who asks, what arrives, and whether the books agree."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import count
from typing import Any

from deploy.sample.requests import SampleRequest, make_requests
from tests.support.house import House, wait_until
from tests.support.kannel import RealKannel, Sms

Json = dict[str, Any]
PATIENCE_S = 60
_OVER = ("delivered", "failed", "expired")


class Province:
    """To be closed. All times are seconds."""

    def __init__(self, house: House, kannel: RealKannel) -> None:
        self.house = house
        self.kannel = kannel
        self._operator = house.caller("operator")
        self._administrator = house.caller("administrator")
        self._samples = iter(make_requests(2000, seed=2611))
        self._numbers = count(1)

    def close(self) -> None:
        self._operator.close()
        self._administrator.close()

    def ask(self, **changes: Any) -> tuple[str, str]:
        """Somebody new asks by the hotline; the request's code and their number."""
        sample: SampleRequest = next(self._samples)
        asked = {name: sample[name] for name in ("category", "description", "requester_name", "commune_code")}
        phone = f"+84358{next(self._numbers):06d}"
        body = {**asked, "language": "vi", "phone": phone, "channel": "hotline", **changes}
        answer = self._operator.post("/api/v1/requests", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["code"], phone

    def ask_many(self, number: int) -> list[str]:
        return [self.ask()[0] for _ in range(number)]

    def messages(self, code: str) -> list[Json]:
        """All that was written about a request, with whole numbers, the newest first."""
        answer = self._administrator.get("/api/v1/messages", params={"code": code})
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def message(self, code: str, alert: str, patience_s: float = PATIENCE_S) -> Json:
        """The request's first message of this kind, as soon as its receipt is here."""

        def delivered() -> Json | None:
            found = [m for m in self.messages(code) if m["alert"] == alert and m["state"] == "delivered"]
            return found[-1] if found else None

        return wait_until(delivered, patience_s, lambda: f"no delivered {alert} among {self._told([code])}", 0.2)

    def ticket_becomes(self, code: str, status: str, patience_s: float = PATIENCE_S) -> Json:
        def there() -> Json | None:
            answer = self._administrator.get(f"/api/v1/tickets/{code}")
            return answer.json() if answer.status_code == 200 and answer.json()["status"] == status else None

        return wait_until(there, patience_s, lambda: f"{code} does not become {status}", 0.2)

    def settle(self, codes: Iterable[str], patience_s: float, also: Collection[str] = ()) -> list[Json]:
        """Wait until every message of these requests is `delivered` or will never be, or in a state of `also`.

        By then each has a message to the resident and to somebody who can help, or who learns that nobody can.
        """
        codes = list(codes)

        def over() -> list[Json] | None:
            told = [self.messages(code) for code in codes]
            known = all(
                "submitted" in alerts and len(alerts) > 1 for alerts in ({m["alert"] for m in one} for one in told)
            )
            every = [message for one in told for message in one]
            return every if known and all(m["state"] in (*_OVER, *also) for m in every) else None

        return wait_until(over, patience_s, lambda: f"not settled: {self._told(codes)}", 1)

    def arrived(self, of: Iterable[Json]) -> Counter[tuple[str, str]]:
        """How often each of these texts reached its phone."""
        wanted = {(message["to"], message["text"]) for message in of}
        return Counter((sms.to, sms.text) for sms in self.kannel.received() if (sms.to, sms.text) in wanted)

    def text_on(self, phone: str) -> Sms:
        """What this phone received first."""
        return wait_until(
            lambda: next((sms for sms in self.kannel.received() if sms.to == phone), None), PATIENCE_S, pause_s=0.2
        )

    def books_agree(self, messages: Collection[Json]) -> None:
        """Every text that we say was sent arrives, at the network's pace; none more often than its message says."""
        least: Counter[tuple[str, str]] = Counter()
        most: Counter[tuple[str, str]] = Counter()
        for message in messages:
            text = (message["to"], message["text"])
            least[text] += message["state"] in ("sent", "delivered")
            most[text] += bool(message["attempts"]) + message["resent"]
        wait_until(lambda: self.arrived(messages) >= least, PATIENCE_S, lambda: self._lost(messages, least), 0.5)
        doubled = {text: number for text, number in self.arrived(messages).items() if number > most[text]}
        assert not doubled, f"more often than marked: {doubled}"

    def _lost(self, messages: Collection[Json], least: Counter[tuple[str, str]]) -> str:
        lost = least - self.arrived(messages)
        return f"{lost.total()} lost of {least.total()}, such as {lost.most_common(1)}"

    def _told(self, codes: Iterable[str]) -> str:
        rows = [message for code in codes for message in self.messages(code)]
        return "; ".join(f"{m['alert']} {m['channel']} {m['state']} {m['reason']} {m['attempts']}" for m in rows)


def short_number(offered: Json) -> int:
    """Under which number its receiver knows the request."""
    found = re.search(r"\bNHAN (\d+)", offered["text"])
    assert found, offered["text"]
    return int(found.group(1))
