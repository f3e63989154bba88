"""A text came in: understand it, do or ask what it says, and write down both. One transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from uuid import UUID

import structlog

from services.notify.alerts.alert import Territory
from services.notify.alerts.policy import FRESH
from services.notify.alerts.telling import House
from services.notify.alerts.texts import manner
from services.notify.asking.hearing import Hearing
from services.notify.asking.store import end_open, language_with
from services.notify.catalogue.store import category_names
from services.notify.contacts import store as contacts
from services.notify.contacts.choosing import Person
from services.notify.messages.new import NewMessage
from services.notify.messages.store import queue
from services.notify.replies import store
from services.notify.replies.answers import Context, written
from services.notify.replies.choosing import Act, Answer, Asks, Help, Job, Outcome, Own, Silence, Stop, choose
from services.notify.replies.tables import Reply
from services.notify.replies.words import Said, read
from services.notify.tickets.store import tickets_of
from shared.clock import local
from shared.events import replies
from shared.store import Unit, correlation_id, new_id

log = structlog.get_logger()
_NOWHERE = "00"
_CHEERED = {"decline": "answer_heard", "resolve": "answer_heard", "rate": "answer_rated"}
"""Commands after which nothing else would tell the sender that he was heard."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One text from one phone."""

    id: UUID
    phone: str
    text: str
    at: datetime
    channel: str
    people: Sequence[Person]
    language: str
    key: str | None = None
    address: str | None = None
    """The chat, where it is linked to no phone; `phone` is empty then."""

    @property
    def sender(self) -> str:
        """By which its owner's wishes are kept."""
        return self.phone or self.address or ""


Hears = Callable[[Unit, Incoming], Awaitable[str | None]]
"""Takes a text before it is read as a command: the word it was taken for, or None."""


class Replies:
    """What people write to us."""

    def __init__(self, house: House, hears_first: Hears, hearing: Hearing) -> None:
        self._house = house
        self._hears_first = hears_first
        self._hearing = hearing

    async def receive(
        self,
        unit: Unit,
        phone: str,
        text: str,
        at: datetime,
        channel: str,
        key: str | None = None,
        address: str | None = None,
    ) -> UUID:
        """Take a text; returns the reply's id. The answer, if there is one, goes the way that all messages go.

        `phone` is empty and `address` names the chat where nobody linked it to a phone. `key`: see `Text.key`.
        """
        incoming = await self._incoming(unit, phone, text, at, channel, key, address)
        if taken_for := await self._hears_first(unit, incoming):
            await self._keep(unit, incoming, taken_for, Silence())
            log.info("reply.received", word=taken_for, outcome="linking")
            return incoming.id
        said = read(text)
        if said.english:
            incoming = replace(incoming, language="en")
        outcome = choose(said, await store.sender_of(unit.connection, phone, incoming.people))
        await self._keep(unit, incoming, said.word, outcome)
        await self._do(unit, incoming, said, outcome)
        log.info("reply.received", word=said.word, outcome=type(outcome).__name__.lower(), code=_code(outcome))
        return incoming.id

    async def tell(self, unit: Unit, phone: str, channel: str, outcome: Answer, at: datetime) -> None:
        """Say something to a phone long after it wrote."""
        await self.answer(unit, await self._incoming(unit, phone, "", at, channel), outcome)

    async def _incoming(
        self,
        unit: Unit,
        phone: str,
        text: str,
        at: datetime,
        channel: str,
        key: str | None = None,
        address: str | None = None,
    ) -> Incoming:
        people = await contacts.people_with_phone(unit.connection, phone)
        asked_for = await contacts.requesters_with_phone(unit.connection, phone, most=1)
        known = [one.language for one in (*people, *asked_for)]
        language = known[0] if known else await language_with(unit.connection, phone) or "vi"
        return Incoming(new_id(), phone, text, at, channel, people, language, key, address)

    async def answer(self, unit: Unit, incoming: Incoming, outcome: Answer, priority: int = 0) -> None:
        """Say something to who wrote."""
        codes = list(dict.fromkeys(one.code for one in outcome.about))
        tickets = await tickets_of(unit.connection, codes) if codes else {}
        categories = {ticket.category for ticket in tickets.values()}
        context = Context(
            how=manner(incoming.language, self._diacritics(incoming)),
            now=incoming.at,
            hotline=self._house.hotline,
            tickets=tickets,
            categories=await category_names(unit.connection, categories) if categories else {},
        )
        text = written(outcome.text, outcome.about, outcome.values, context)
        first = tickets.get(codes[0]) if codes else None
        message = NewMessage(
            alert="answer",
            code=codes[0] if codes else None,
            further_codes=tuple(codes[1:]),
            person=incoming.people[0].id if incoming.people else None,
            phone=incoming.phone,
            address=incoming.address,
            channels=(incoming.channel,),
            territory=Territory(province=first.province, commune=first.unit_path[-1], unit_path=tuple(first.unit_path))
            if first
            else Territory(),
            text=text,
            priority=priority,
            created_at=incoming.at,
            not_before=incoming.at,
            expires_at=incoming.at + FRESH["answer"],
            correlation=correlation_id(),
        )
        await queue(unit, [message])
        unit.after_commit(self._house.wake)

    def _diacritics(self, incoming: Incoming) -> bool:
        wish = incoming.people[0].diacritics if incoming.people else None
        return self._house.diacritics if wish is None else wish

    async def _keep(self, unit: Unit, incoming: Incoming, word: str | None, outcome: Outcome) -> None:
        reply = Reply(
            id=incoming.id,
            at=incoming.at,
            phone=incoming.phone,
            person=outcome.person if isinstance(outcome, Act) else None,
            text=incoming.text,
            word=word,
            code=_code(outcome),
            channel=incoming.channel,
            channel_key=incoming.key,
            address=incoming.address,
        )
        await store.keep(unit, reply)

    async def _do(self, unit: Unit, incoming: Incoming, said: Said, outcome: Outcome) -> None:
        if said.word and not isinstance(outcome, Stop):
            await contacts.listen_again(unit, {incoming.sender: incoming.at})
        match outcome:
            case Act():
                await self._act(unit, incoming, outcome, said)
            case Answer():
                await self.answer(unit, incoming, outcome)
            case Stop():
                await self._stop(unit, incoming)
            case Help():
                await self._help(unit, incoming)
            case Asks():
                await self._hear(unit, incoming, incoming.text if outcome.text is None else outcome.text)

    async def _act(self, unit: Unit, incoming: Incoming, act: Act, said: Said) -> None:
        known = await tickets_of(unit.connection, [act.code])
        event = replies.Received(
            reply_id=incoming.id,
            at=incoming.at,
            phone=incoming.phone,
            person=act.person,
            command=act.command,
            code=act.code,
            text=act.text,
            stars=act.stars,
        )
        province = known[act.code].province if act.code in known else _NOWHERE
        unit.publish(event, about=act.code, province=province, at=incoming.at)
        if act.command in _CHEERED:
            values = {"word": said.word or "", "stars": str(act.stars), "code": act.code, "n": str(act.number)}
            about = [Job(act.person, act.code, act.number or 0, "new") if act.person else Own(act.code, "new")]
            await self.answer(unit, incoming, Answer(_CHEERED[act.command], about, values), priority=1)

    async def _stop(self, unit: Unit, incoming: Incoming) -> None:
        """The phone is left in peace; assign learns of a member that he is not to be asked."""
        await contacts.stop(unit, incoming.sender, incoming.at)
        await end_open(unit, incoming.phone)
        for person in incoming.people:
            event = replies.Received(
                reply_id=incoming.id, at=incoming.at, phone=incoming.phone, person=person.id, command="stop"
            )
            unit.publish(event, about=person.id, province=person.province or _NOWHERE, at=incoming.at)
        await self.answer(unit, incoming, Answer("answer_stopped_staff" if incoming.people else "answer_stopped"))

    async def _hear(self, unit: Unit, incoming: Incoming, text: str) -> None:
        """Somebody asks for help."""
        how = manner(incoming.language, self._diacritics(incoming))
        answer = await self._hearing.hear(
            unit, incoming.phone, incoming.channel, text, incoming.at, incoming.language, how
        )
        if isinstance(answer, Answer):
            await self.answer(unit, incoming, answer)
        elif isinstance(answer, Help):
            await self._help(unit, incoming)

    async def _help(self, unit: Unit, incoming: Incoming) -> None:
        """One helpful answer a day: more would be a conversation with a machine."""
        today = datetime.combine(local(incoming.at).date(), time(), local(incoming.at).tzinfo)
        if await contacts.may_help(unit, incoming.sender, incoming.at, today):
            await self.answer(unit, incoming, Answer("answer_help_staff" if incoming.people else "answer_help"))


def _code(outcome: Outcome) -> str | None:
    if isinstance(outcome, Act):
        return outcome.code
    return outcome.about[0].code if isinstance(outcome, Answer) and len(outcome.about) == 1 else None
