"""A person links a chat to a phone: a code by SMS, written to the bot. And takes the link back by NGUNG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

import structlog

from services.notify.alerts import texts
from services.notify.alerts.policy import FRESH
from services.notify.alerts.telling import House
from services.notify.alerts.texts import Manner, manner
from services.notify.channels.channel import AddressKind, Channel, Chat
from services.notify.contacts import store as contacts
from services.notify.linking import store
from services.notify.linking.codes import find_code, hashed, new_code
from services.notify.linking.preference import with_chat, without_chat
from services.notify.linking.words import ANY, wished, word_for
from services.notify.messages.new import NewMessage
from services.notify.messages.store import queue
from services.notify.replies.receive import Incoming
from services.notify.replies.words import read
from shared.clock import local
from shared.settings import Settings
from shared.store import Unit, correlation_id
from shared.vietnam.names import cut
from shared.vietnam.phones import masked

log = structlog.get_logger()
NAMES: Mapping[AddressKind, str] = {"zalo": "Zalo", "zalo_bot": "Zalo", "telegram": "Telegram"}
LONGEST_NAME = 32
_NO_PHONES = ("webhook",)
"""Channels that take a phone's number and are no way to send an SMS."""


@dataclass(frozen=True, slots=True)
class _To:
    """Where something is said, and to whom."""

    channel: str
    phone: str
    at: datetime
    address: str | None = None
    person: str | None = None
    how: Manner = "vi"
    """Chats show diacritics and cost nothing by the letter."""


class Linking:
    """Hears texts before anybody else does; knows this installation's chats once they are fitted."""

    def __init__(self, settings: Settings, house: House) -> None:
        self._key = settings.secret_key
        self._number = settings.sms_number
        self._house = house
        self._chats: dict[AddressKind, str] = {}
        self._kinds: dict[str, AddressKind] = {}
        self._sms: list[str] = []

    def know(self, channels: Sequence[Channel]) -> None:
        """Which channels there are, first choice first."""
        self._chats = {one.address_kind: one.called for one in channels if isinstance(one, Chat)}
        self._kinds = {one.name: one.address_kind for one in channels if isinstance(one, Chat)}
        self._sms = [one.name for one in channels if one.address_kind == "phone" and one.name not in _NO_PHONES]

    @property
    def kinds(self) -> Sequence[AddressKind]:
        """Chats that can be linked here, first choice first: none where no SMS can carry the code."""
        return tuple(self._chats) if self._sms else ()

    async def hear(self, unit: Unit, incoming: Incoming) -> str | None:
        """Take a text if it is about linking, or from a chat that is not linked. The word it was; None: not for us."""
        kind = self._kinds.get(incoming.channel)
        if kind is None:
            return await self._hear_sms(unit, incoming)
        return await self._hear_chat(unit, incoming, kind)

    async def send_code(
        self, unit: Unit, kind: AddressKind, phone: str, at: datetime, channel: str | None = None
    ) -> bool:
        """A code to this phone, by SMS. False: too soon after the last one, or too many today."""
        code = new_code()
        if not await store.give(unit, kind, phone, hashed(code, self._key), at):
            return False
        people = await contacts.people_with_phone(unit.connection, phone)
        first = people[0] if people else None
        wish = first.diacritics if first else None
        how = manner(first.language if first else "vi", self._house.diacritics if wish is None else wish)
        to = _To(channel or self._sms[0], phone, at, person=first.id if first else None, how=how)
        await self._say(unit, to, "answer_link_code", kind, link=code)
        log.info("link.code_sent", kind=kind)
        return True

    async def _hear_sms(self, unit: Unit, incoming: Incoming) -> str | None:
        kind = wished(incoming.text, self.kinds) if incoming.phone else None
        if kind is None:
            return None
        await self.send_code(unit, kind, incoming.phone, incoming.at, incoming.channel)
        return ANY

    async def _hear_chat(self, unit: Unit, incoming: Incoming, kind: AddressKind) -> str | None:
        code = find_code(incoming.text)
        address = incoming.address
        if incoming.phone:
            if read(incoming.text).word == "NGUNG":
                await self._unlink(unit, incoming, kind)
                return "NGUNG"
            if code is None:
                return None
            address = await contacts.address_of(unit.connection, kind, incoming.phone)
        to = _To(kind, "", incoming.at, address)
        if code and address:
            await self._try(unit, to, kind, code)
        elif await contacts.may_help(unit, address or "", incoming.at, _today(incoming.at)):
            await self._say(unit, to, "answer_link_how", kind)
        return ANY

    async def _try(self, unit: Unit, to: _To, kind: AddressKind, code: str) -> None:
        """A few wrong codes an hour are answered, and no more are looked at."""
        address, at = to.address or "", to.at
        wrong = await store.wrong_tries(unit, kind, address, at)
        if wrong >= store.MOST_WRONG:
            log.warning("link.too_many_tries", kind=kind)
            return
        phone = await store.redeem(unit, kind, hashed(code, self._key), at)
        if phone is None:
            await store.count_wrong(unit, kind, address, at)
            last = wrong + 1 >= store.MOST_WRONG
            await self._say(unit, to, "answer_link_too_often" if last else "answer_link_wrong", kind)
            return
        await self._link(unit, kind, phone, address, at)
        await self._say(unit, to, "answer_linked", kind, phone=masked(phone))

    async def _link(self, unit: Unit, kind: AddressKind, phone: str, address: str, at: datetime) -> None:
        await contacts.link(unit, kind, phone, address, at)
        await contacts.listen_again(unit, {phone: at})
        people = await contacts.people_with_phone(unit.connection, phone)
        for person in people:
            await contacts.set_channels(unit, person.id, with_chat(person.channels, kind, self._sms))
        log.info("link.made", kind=kind, people=len(people))

    async def _unlink(self, unit: Unit, incoming: Incoming, kind: AddressKind) -> None:
        address = await contacts.unlink(unit, kind, incoming.phone)
        for person in incoming.people:
            await contacts.set_channels(unit, person.id, without_chat(person.channels, kind, self._sms))
        await self._say(unit, _To(kind, "", incoming.at, address), "answer_unlinked", kind)
        log.info("link.ended", kind=kind)

    async def _say(self, unit: Unit, to: _To, key: str, kind: AddressKind, **values: str) -> None:
        name = cut(self._chats[kind], LONGEST_NAME)
        known = {"chat": NAMES[kind], "bot": name, "word": word_for(kind), "number": self._number, **values}
        message = NewMessage(
            alert="answer",
            phone=to.phone,
            address=to.address,
            person=to.person,
            text=texts.filled(key, to.how, known),
            channels=(to.channel,),
            priority=0,
            created_at=to.at,
            not_before=to.at,
            expires_at=to.at + FRESH["answer"],
            correlation=correlation_id(),
        )
        await queue(unit, [message])
        unit.after_commit(self._house.wake)


def _today(at: datetime) -> datetime:
    """When this day began here."""
    return datetime.combine(local(at).date(), time(), local(at).tzinfo)
