"""The words of an answer: what `texts.toml` says, filled from what is known of the tickets it speaks of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notify.alerts import texts
from services.notify.alerts.slots import NAME, place, time
from services.notify.alerts.texts import Manner
from services.notify.replies.choosing import Job, Own
from services.notify.tickets.tables import Ticket
from shared.codes import spoken
from shared.vietnam.names import cut

ROOM: Mapping[Manner, int] = {"sms": 160, "en": 160, "vi": 134}
"""Characters of one SMS without diacritics, of two with them."""
_SHORT_PLACE = 16


@dataclass(frozen=True, slots=True)
class Context:
    """What an answer may speak of."""

    how: Manner
    now: datetime
    hotline: str
    tickets: Mapping[str, Ticket]
    categories: Mapping[str, tuple[str, str]]


def written(key: str, about: Sequence[Job | Own], given: Mapping[str, str], context: Context) -> str:
    """The whole text; a list names as many tickets as fit."""
    values = {"hotline": context.hotline, **(_of_one(about[0], context) if about else {}), **_said(given)}
    if "list" not in texts.slots(key) or "list" in given:
        return texts.filled(key, context.how, values)
    text = texts.filled(key, context.how, values | {"list": ""})
    listed = ""
    for one in about:
        longer = f"{listed}, {_in_a_list(one, key, context)}" if listed else _in_a_list(one, key, context)
        tried = texts.filled(key, context.how, values | {"list": longer})
        if listed and len(tried) > ROOM[context.how]:
            break
        listed, text = longer, tried
    return text


def _said(given: Mapping[str, str]) -> dict[str, str]:
    """What the rules gave; codes are spoken in threes."""
    return {name: spoken(value) if name == "code" else value for name, value in given.items()}


def _in_a_list(one: Job | Own, key: str, context: Context) -> str:
    """`1 Buon Kbu`, a code, or with how it stands."""
    stands = f" {_stands(one, context)}" if key == "answer_list" else ""
    if isinstance(one, Own):
        return f"{spoken(one.code)}{stands}"
    ticket = context.tickets.get(one.code)
    where = f" {_short_place(ticket)}" if ticket and not stands else ""
    return f"{one.number}{where}{stands}"


def _of_one(one: Job | Own, context: Context) -> dict[str, str]:
    values = {"code": spoken(one.code), "status": _stands(one, context)}
    if isinstance(one, Job):
        values["n"] = str(one.number)
    ticket = context.tickets.get(one.code)
    return values | (_of_ticket(ticket, context) if ticket else {"category": "", "place": "", "time": "", "done": ""})


def _of_ticket(ticket: Ticket, context: Context) -> dict[str, str]:
    language = "en" if context.how == "en" else "vi"
    names = context.categories.get(ticket.category)
    return {
        "category": cut(names[context.how == "en"], NAME)
        if names
        else texts.phrase("nothing", "category", context.how),
        "place": place(ticket.village_name, ticket.former_commune, ticket.commune_name),
        "time": time(ticket.response_due, context.now, language),
        "done": time(ticket.resolution_due, context.now, language),
    }


def _short_place(ticket: Ticket) -> str:
    return cut(ticket.village_name or ticket.commune_name, _SHORT_PLACE)


def _stands(one: Job | Own, context: Context) -> str:
    return texts.phrase("stands", one.status, context.how)
