"""SpeedSMS.vn, from its public documentation and clients: HTTP Basic, 60 calls in 60 seconds, no memory of repeats.

https://speedsms.vn/sms-api-service
"""

import base64
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tests.support.stand_ins.http import Answer, Asked, Manners, serving

TOKEN, BRANDNAME = "a-token", "CAUNOI"
_BASIC = "Basic " + base64.b64encode(f"{TOKEN}:x".encode()).decode()
TOO_FAST = Answer(
    429,
    {"name": "Too Many Requests", "message": "Rate limit exceeded.", "code": 0, "status": 429},
    {"X-Rate-Limit-Limit": "60", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "37"},
)


class SpeedSmsSide:
    """What one sees of them. `manners` are for every text from here on."""

    def __init__(self) -> None:
        self.url = ""
        self.taken: list[tuple[str, str]] = []
        """Phones and texts; `tranId` is the place among them, from 1."""
        self.ids_are_strings = False
        self.balance = 90_000
        self.calls = 0
        self.manners: Manners | None = None
        self.hangs_up_after_taking = False

    async def answer(self, asked: Asked) -> Manners:
        if asked.headers.get("authorization") != _BASIC:
            return Answer(401, {"name": "Unauthorized", "message": "Your request was made with invalid credentials."})
        if asked.path == "/index.php/user/info" and asked.method == "GET":
            return Answer(200, {"email": "a@example.vn", "balance": self.balance, "currency": "VND"})
        if asked.path != "/index.php/sms/send" or asked.method != "POST":
            return Answer(404)
        self.calls += 1
        return self.manners or self._send(asked.json)

    def _send(self, fields: Mapping[str, Any]) -> Manners:
        if set(fields) != {"to", "content", "sms_type", "sender"} or not fields["content"]:
            return error("101", "Invalid or missing parameters")
        if fields["sms_type"] not in range(2, 9) or (fields["sms_type"] == 3 and fields["sender"] != BRANDNAME):
            return error("101", "sender not found")
        if not re.fullmatch(r"84\d{9}", fields["to"]):
            return error("105", "Phone number invalid", invalidPhone=[fields["to"]])
        self.taken.append((fields["to"], fields["content"]))
        if self.hangs_up_after_taking:
            return "hang_up"
        tran: int | str = str(len(self.taken)) if self.ids_are_strings else len(self.taken)
        data = {"tranId": tran, "totalSMS": 1, "totalPrice": 250, "invalidPhone": []}
        return Answer(200, {"status": "success", "code": "00", "data": data})


def error(code: str, message: str, **more: Any) -> Answer:
    """Their way of refusing: HTTP stays 200."""
    return Answer(200, {"status": "error", "code": code, "message": message, **more})


@asynccontextmanager
async def speedsms() -> AsyncIterator[SpeedSmsSide]:
    """A running one."""
    made = SpeedSmsSide()
    async with serving(made.answer) as url:
        made.url = f"{url}/index.php"
        yield made
