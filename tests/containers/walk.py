"""One request on its way through the house in containers: asked at the gateway, accepted by a text from a phone."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

from tests.support.house import wait_until
from tests.support.stack import Stack

URGENT = "scam_safety"
"""Its alerts pass at night too: these tests run at the machine's own time."""
PATIENCE_S = 60
ASKED = {
    "category": URGENT,
    "description": "Có người gọi xưng là công an, bảo chuyển tiền",
    "requester_name": "H Lan Niê",
    "commune_code": "24121",
    "channel": "hotline",
}


def patiently(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """Ask again while something is being started again, as a person would; what is sent here may be sent twice."""

    def answer() -> httpx.Response | None:
        try:
            given = ask()
        except httpx.HTTPError:
            return None
        return given if given.status_code < 500 else None

    return wait_until(answer, PATIENCE_S, lambda: "it does not answer")


class Walk:
    """What residents, members and the province's supervisor do and see. To be closed."""

    def __init__(self, stack: Stack) -> None:
        self._anybody = stack.caller()
        self._administrator = stack.caller("administrator")
        self._operator = stack.caller("operator")
        self._asked = 0

    def close(self) -> None:
        self._anybody.close()
        self._administrator.close()
        self._operator.close()

    def ask(self) -> str:
        """A new request; its code."""
        self._asked += 1
        body, key = ASKED | {"phone": self._phone()}, {"idempotency-key": uuid4().hex}
        answer = patiently(lambda: self._operator.post("/api/v1/requests", json=body, headers=key))
        assert answer.status_code == 201, answer.text
        return answer.json()["code"]

    def state(self, code: str, asked: int | None = None) -> dict[str, Any]:
        """What the resident sees; `asked`: which request it was, if not the last."""
        last_four = {"phone_last4": self._phone(asked)[-4:]}
        answer = patiently(lambda: self._anybody.post(f"/api/v1/requests/{code}/lookup", json=last_four))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def messages(self, code: str) -> list[dict[str, Any]]:
        answer = patiently(lambda: self._administrator.get("/api/v1/messages", params={"code": code}))
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def told(self, code: str) -> tuple[str, str]:
        """The phone of a team's leader that was told of the request, and the text on it."""

        def look() -> tuple[str, str] | None:
            return next((found for item in self._offers(code) if (found := self._on_phone(item["to"], code))), None)

        return wait_until(look, PATIENCE_S, lambda: f"nobody was told of {code}: {self._states(code)}")

    def accept(self, code: str, phone: str, text: str) -> None:
        """The leader answers by the word that the text names."""
        word = re.search(r"NHAN \d+", text)
        assert word, text
        answer = patiently(lambda: self._anybody.post(f"/api/v1/phones/{phone}/messages", json={"text": word.group()}))
        assert answer.status_code == 202, answer.text
        wait_until(lambda: self.state(code)["status"] == "accepted", PATIENCE_S, lambda: f"{self.state(code)}")

    def whole_way(self) -> str:
        """From asking to accepted; the code."""
        code = self.ask()
        self.accept(code, *self.told(code))
        return code

    def _states(self, code: str) -> list[str]:
        return [f"{item['alert']} by {item['channel']}: {item['state']}" for item in self.messages(code)]

    def _offers(self, code: str) -> list[dict[str, Any]]:
        return [item for item in self.messages(code) if item["alert"].startswith("offered")]

    def _on_phone(self, phone: str, code: str) -> tuple[str, str] | None:
        items = patiently(lambda: self._anybody.get(f"/api/v1/phones/{phone}/messages")).json()["items"]
        texts = [item["text"] for item in items if item.get("code") == code and "NHAN" in item["text"]]
        return (phone, texts[0]) if texts else None

    def _phone(self, asked: int | None = None) -> str:
        return f"09058{asked or self._asked:05d}"
