"""eSMS.vn, from its public documentation: takes one text a call, knows repeats by RequestId, fits texts to templates.

https://developers.esms.vn/esms-api/ham-gui-tin/tin-nhan-sms-otp-cskh
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from shared.vietnam.sms import gsm_length
from tests.support.stand_ins.http import Answer, Asked, Manners, serving

API_KEY, SECRET_KEY, BRANDNAME = "a-key", "a-secret", "CAUNOI"
FREE = "{P1,2000}"
"""A template into which any text fits; no network registers one."""
_SEND = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
_STATUS = "/MainService.svc/json/GetSendStatus"
_BALANCE = "/MainService.svc/json/GetBalance_json"


@dataclass(frozen=True, slots=True)
class Taken:
    """A text as they have it."""

    sms: str
    phone: str
    text: str
    callback: str


class EsmsSide:
    """What one sees of them. `code` refuses every text from here on."""

    def __init__(self) -> None:
        self.url = ""
        self.templates = [FREE]
        self.taken: dict[str, Taken] = {}
        """By RequestId, in order."""
        self.statuses: dict[str, int] = {}
        """`SendStatus` by SMSID, for those who ask."""
        self.balance = 90_000
        self.code: str | None = None
        self.manners: Manners | None = None
        self.hangs_up_after_taking = False
        self.wrong: list[str] = []
        """Fields that were not as the documentation wants them."""

    async def answer(self, asked: Asked) -> Manners:
        if self.manners:
            return self.manners
        if asked.path == _SEND and asked.method == "POST":
            return self._send(asked.json)
        if asked.path == _STATUS and asked.method == "GET":
            return self._status(asked.query)
        if asked.path == _BALANCE and asked.method == "POST":
            right = self._right(asked.json)
            return Answer(200, {"CodeResponse": "100", "Balance": self.balance} if right else {"CodeResponse": "101"})
        return Answer(404)

    def receipt(self, request: str, status: int, success: int = 0, failed: int = 0) -> tuple[str, dict[str, str]]:
        """Address and query of the GET that tells what became of a text."""
        taken = self.taken[request]
        told = {"SMSID": taken.sms, "SendFailed": failed, "SendStatus": status, "SendSuccess": success}
        told |= {"TotalPrice": 850, "TotalReceiver": 1, "TotalSent": 1, "RequestId": request, "TypeId": 2, "telcoid": 1}
        return taken.callback, {name: str(value) for name, value in told.items()} | {"phonenumber": taken.phone}

    def _send(self, fields: Mapping[str, Any]) -> Manners:
        self._check(fields)
        if refusal := self._refusal(fields):
            return refusal
        sms = f"5fe{len(self.taken):05d}-sms"
        self.taken[fields["RequestId"]] = Taken(sms, fields["Phone"], fields["Content"], fields["CallbackUrl"])
        if self.hangs_up_after_taking:
            return "hang_up"
        return Answer(200, {"CodeResult": "100", "CountRegenerate": 0, "SMSID": sms})

    def _refusal(self, fields: Mapping[str, Any]) -> Answer | None:
        known = fields["SmsType"] != "2" or fields["Brandname"] == BRANDNAME
        before = self.taken.get(fields["RequestId"])
        status = {"SMSID": before.sms, "SendStatus": self.statuses.get(before.sms, 2)} if before else {}
        fits = any(_pattern(template).fullmatch(fields["Content"]) for template in self.templates)
        rules: list[tuple[bool, str, str]] = [
            (not self._right(fields), "101", "Authorize Failed"),
            (self.code is not None, self.code or "", "refused"),
            (not re.fullmatch(r"0\d{9}", fields["Phone"]), "108", "Phone number invalid"),
            (not known, "104", "Brandname not exist"),
            (before is not None, "124", "Duplicate RequestId"),
            (not fits, "146", "Template not found"),
        ]
        return next(
            (_failure(code, why, **(status if code == "124" else {})) for is_so, code, why in rules if is_so), None
        )

    def _check(self, fields: Mapping[str, Any]) -> None:
        """Note what is missing or not as documented."""
        plain = gsm_length(fields.get("Content", "")) is not None
        rules = {
            "strings": all(isinstance(value, str) for value in fields.values()),
            "SmsType": fields.get("SmsType") in ("2", "8"),
            "Brandname": (fields.get("SmsType") == "2") == ("Brandname" in fields),
            "IsUnicode": fields.get("IsUnicode") == ("0" if plain else "1"),
            "Sandbox": fields.get("Sandbox") in ("0", "1"),
            "RequestId": 0 < len(fields.get("RequestId", "")) <= 50,
            "CallbackUrl": fields.get("CallbackUrl", "").startswith("http"),
            "no number in the CallbackUrl": fields.get("Phone", "")[1:] not in fields.get("CallbackUrl", ""),
        }
        self.wrong += [name for name, fits in rules.items() if not fits]

    def _status(self, query: Mapping[str, str]) -> Manners:
        if not self._right(query):
            return Answer(200, {"CodeResponse": "101"})
        if query.get("RefId") not in {taken.sms for taken in self.taken.values()}:
            return Answer(200, {"CodeResponse": "99", "ErrorMessage": "not found"})
        status = self.statuses.get(query["RefId"], 2)
        done = int(status == 5)
        return Answer(
            200,
            {
                "CodeResponse": "100",
                "SMSID": query["RefId"],
                "SendStatus": status,
                "SendSuccess": done,
                "SendFailed": 0,
            },
        )

    def _right(self, fields: Mapping[str, Any]) -> bool:
        return (fields.get("ApiKey"), fields.get("SecretKey")) == (API_KEY, SECRET_KEY)


def _failure(code: str, message: str, **more: Any) -> Answer:
    return Answer(200, {"CodeResult": code, "CountRegenerate": 0, "ErrorMessage": message, **more})


def _pattern(template: str) -> re.Pattern[str]:
    """`{P1,20} la ma cua ban`: a slot takes as many signs as it says."""
    pieces = re.split(r"\{P\d+,(\d+)\}", template)
    slots = [f".{{0,{piece}}}" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)]
    return re.compile("".join(slots), re.DOTALL)


@asynccontextmanager
async def esms() -> AsyncIterator[EsmsSide]:
    """A running one."""
    made = EsmsSide()
    async with serving(made.answer) as url:
        made.url = f"{url}/MainService.svc/json"
        yield made
