"""What the house says in the end: its tickets, its messages, its dead letters; and what is amiss with them."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.chaos.residents import Filed
from tests.support.house import House

Json = dict[str, Any]
TOLD = ("delivered", "sent")


@dataclass(frozen=True)
class Books:
    """Tickets by code, messages by code."""

    tickets: dict[str, list[Json]]
    messages: dict[str, list[Json]]

    def amiss(self, filed: Iterable[Filed]) -> list[str]:
        """Each sentence is a request that is lost, doubled, not offered or not told."""
        by_code: defaultdict[str, list[Filed]] = defaultdict(list)
        for one in filed:
            by_code[one.code].append(one)
        found = [f"{code} is a ticket that nobody asked for" for code in set(self.tickets) - set(by_code)]
        for code, requests in by_code.items():
            found += self._amiss_with(code, requests)
        return found

    def _amiss_with(self, code: str, requests: list[Filed]) -> Iterable[str]:
        if len({request.receipt["id"] for request in requests}) != 1:
            yield f"{code} was given to several requests"
        tickets = self.tickets.get(code, [])
        if len(tickets) != 1:
            yield f"{code} is {len(tickets)} tickets"
            return
        [ticket] = tickets
        if ticket["requests"] != [requests[0].receipt["id"]]:
            yield f"{code} has the requests {ticket['requests']}"
        if ticket["status"] == "new" or not (ticket["offers"] or ticket["unrouted_reason"]):
            yield f"{code} is {ticket['status']} and was put before nobody"
        yield from self._untold(code, ticket, requests[0])

    def _untold(self, code: str, ticket: Json, filed: Filed) -> Iterable[str]:
        messages = self.messages.get(code, [])
        alerts = Counter(message["alert"] for message in messages if message["state"] in TOLD)
        wanted = {"submitted": 1}
        if filed.taken_by:
            wanted["accepted"] = 2  # member and resident
            if ticket["status"] != "accepted":
                yield f"{code} was taken by {filed.taken_by}, and is {ticket['status']}"
        elif ticket["offers"]:
            wanted["offered"] = 2 * len(ticket["offers"])  # a leader and one member more
        for alert, number in wanted.items():
            if alerts[alert] < number:
                yield f"{code}: {alerts[alert]} of {number} alerts '{alert}' were told"
        if ticket["status"] == "unrouted" and alerts["unrouted"] < 2:
            yield f"{code}: resident and supervisor were not both told that nobody is near"
        per_person = Counter((message["alert"], message["to"]) for message in messages)
        for (alert, to), number in per_person.items():
            if number > 1 and alert != "answer":
                yield f"{code}: {number} messages '{alert}' to {to}"
        if not any(message["to"] == filed.phone for message in messages):
            yield f"{code}: nothing was sent to {filed.phone}"
        unfinished = {message["state"] for message in messages} - {*TOLD, "expired"}
        if unfinished:
            yield f"{code}: messages are {unfinished}"


def read_books(house: House) -> Books:
    """All pages of both lists, as an administrator sees them."""
    with house.caller("administrator") as administrator:
        tickets: defaultdict[str, list[Json]] = defaultdict(list)
        for ticket in _pages(administrator, "/api/v1/tickets"):
            tickets[ticket["code"]].append(ticket)
        messages: defaultdict[str, list[Json]] = defaultdict(list)
        for message in _pages(administrator, "/api/v1/messages"):
            messages[message["code"]].append(message)
    return Books(dict(tickets), dict(messages))


def doubled_on_phones(house: House, books: Books, most: int) -> list[str]:
    """Texts that a phone received twice though no message of theirs says that it was sent again; of so many phones."""
    phones = {message["to"] for messages in books.messages.values() for message in messages}
    resent = {message["id"] for messages in books.messages.values() for message in messages if message["resent"]}
    found: list[str] = []
    with house.caller() as anybody:
        for phone in sorted(phones)[:most]:
            texts = anybody.get(f"/api/v1/phones/{phone}/messages").json()["items"]
            times = Counter(
                (text.get("code"), text["alert"], text["text"]) for text in texts if text["id"] not in resent
            )
            found += [f"{phone} received {number} times {what}" for what, number in times.items() if number > 1]
    return found


def dead_letters(house: House) -> list[Json]:
    return json.loads(house.caunoi("dead", "list", "--json"))


def _pages(caller: httpx.Client, path: str) -> Iterable[Json]:
    cursor: str | None = None
    while True:
        answer = caller.get(path, params={"cursor": cursor} if cursor else {})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield from page["items"]
        cursor = page["next"]
        if not cursor:
            return
