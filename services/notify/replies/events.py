"""What replies listen to: assign's word that something could not be done."""

from collections.abc import Sequence

from services.notify.alerts.store import give_numbers
from services.notify.contacts import store as contacts
from services.notify.replies import store
from services.notify.replies.choosing import Answer, Job, Own
from services.notify.replies.receive import Incoming, Replies
from shared.clock import Clock
from shared.events import tickets
from shared.events.envelope import Received
from shared.store import Unit


class Listening:
    """Tells people what became of their texts."""

    def __init__(self, clock: Clock, replies: Replies) -> None:
        self._clock = clock
        self._replies = replies

    async def on_answered(self, unit: Unit, events: Sequence[Received[tickets.Answered]]) -> None:
        for event in events:
            await self._answer(unit, event.data)

    async def _answer(self, unit: Unit, event: tickets.Answered) -> None:
        reply = await store.kept(unit.connection, event.reply_id)
        if reply is None:  # the store was set back: nobody waits for this any more
            return
        now = self._clock.now()
        people = [p for p in await contacts.people_with_phone(unit.connection, reply.phone) if p.id == event.person]
        asked_for = await contacts.requesters_with_phone(unit.connection, reply.phone, most=1)
        language = people[0].language if people else asked_for[0].language if asked_for else "vi"
        incoming = Incoming(
            event.reply_id, reply.phone, "", now, reply.channel, people, language, address=reply.address
        )
        values = {"word": reply.word or ""}
        if not people:
            answer = Answer("answer_resident_not_possible", [Own(event.code, event.status)], values)
        else:
            person = people[0]
            numbers = await give_numbers(unit, [(person.id, event.code, person.team)], now)
            job = Job(person.id, event.code, numbers[person.id, event.code], event.status)
            own = event.outcome == "taken" and event.team is not None and event.team == person.team
            answer = Answer("answer_own_team" if own else f"answer_{event.outcome}", [job], values)
        await self._replies.answer(unit, incoming, answer)
