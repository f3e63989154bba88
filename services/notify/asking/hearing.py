"""Hears somebody out who asks for help by text, and tells intake what they need and where."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.alerts.texts import Manner
from services.notify.asking import store
from services.notify.asking.conversation import (
    Ask,
    File,
    Heard,
    Option,
    Question,
    Step,
    act_at,
    communes_meant,
    decide,
    give_up,
    number_in,
)
from services.notify.asking.guessing import URGENT, category_of
from services.notify.asking.places import Gazetteer, Meant
from services.notify.asking.tables import Asking
from services.notify.asking.wording import worded
from services.notify.catalogue.store import communes_edition, communes_of, territories, villages_of
from services.notify.replies.choosing import Answer, Help, Silence
from shared.clock import local
from shared.events.replies import AskedForHelp
from shared.store import Unit, new_id
from shared.vietnam.phones import parse_phone

log = structlog.get_logger()
AN_HOUR, A_DAY = 3, 6
"""Conversations that one number may begin: more is a machine, or somebody who had better call."""
ROOM = 1500
"""Letters that are kept of all texts together."""
GAVE_UP = Answer("answer_ask_failed")


class Hearing:
    """Conversations of all phones."""

    def __init__(self, waits: Callable[[], None]) -> None:
        """`waits` is called after each commit that waits for an answer."""
        self._waits = waits
        self._gazetteer: tuple[tuple[object, ...], Gazetteer] | None = None

    async def hear(
        self, unit: Unit, phone: str, channel: str, text: str, at: datetime, language: str, how: Manner
    ) -> Answer | Help | Silence:
        """A text that begins a conversation or goes on with one; says what is to be answered."""
        if parse_phone(phone) != phone:  # a short code, a sender's name, a chat without a phone: nobody can be called
            return Silence() if phone else Help()
        asking = await store.take_open(unit, phone)
        if asking is None:
            asking = Asking(id=new_id(), phone=phone, channel=channel, language=language, begun_at=at, act_at=at)
            if await self._too_many(unit.connection, phone, at):
                return Help()
            if not await store.begin(unit, asking):
                return Silence()
        return await self._go_on(unit, asking, text, at, how)

    async def close(self, unit: Unit, asking: Asking, at: datetime) -> Answer | Silence:
        """Nobody answers any more."""
        return await self._do(unit, asking, _heard(asking), give_up(_heard(asking)), at, "sms")

    async def _too_many(self, connection: AsyncConnection, phone: str, at: datetime) -> bool:
        begun = await store.begun_since(connection, phone, at - timedelta(days=1))
        return len(begun) >= A_DAY or sum(one > at - timedelta(hours=1) for one in begun) >= AN_HOUR

    async def _go_on(self, unit: Unit, asking: Asking, text: str, at: datetime, how: Manner) -> Answer | Silence:
        if number_in(text) is None:
            asking.said = f"{asking.said}\n{text.strip()}".strip()[:ROOM]
        heard = _heard(asking)
        meant = communes_meant(heard, text, await self._places(unit.connection, at))
        villages = await villages_of(unit.connection, [one.commune for one in meant]) if meant else []
        return await self._do(unit, asking, heard, decide(heard, text, meant, villages), at, how)

    async def _do(
        self, unit: Unit, asking: Asking, heard: Heard, step: Step, at: datetime, how: Manner
    ) -> Answer | Silence:
        log.info("asking.step", ask=str(asking.id), step=type(step).__name__.lower(), questions=asking.questions)
        match step:
            case Ask():
                return await self._ask(unit, asking, heard, step, at, how)
            case File():
                await self._file(unit, asking, step, at)
                return Silence()
        await store.change(unit, asking.id, state="given_up", said="")
        return GAVE_UP

    async def _ask(
        self, unit: Unit, asking: Asking, heard: Heard, ask: Ask, at: datetime, how: Manner
    ) -> Answer | Silence:
        said = worded(ask, how, urgent=heard.urgent)
        await store.change(
            unit,
            asking.id,
            said=asking.said,
            questions=asking.questions + 1,
            question=ask.question,
            options=[{"id": option.id, "label": option.label} for option in said.options],
            commune=ask.commune.commune if ask.commune else None,
            called=(ask.commune.former or "") if ask.commune else "",
            act_at=act_at(ask, at),
        )
        unit.after_commit(self._waits)
        return said.answer

    async def _file(self, unit: Unit, asking: Asking, step: File, at: datetime) -> None:
        """intake answers with the request's code, or says why not; then nothing more is asked."""
        event = AskedForHelp(
            ask_id=asking.id,
            at=at,
            phone=asking.phone,
            language=asking.language,
            category=category_of(asking.said),
            description=asking.said,
            commune=step.commune,
            village_id=step.village,
        )
        where = (await territories(unit.connection, [step.commune]))[step.commune]
        unit.publish(event, about=str(asking.id), province=where.province or "00", at=at)
        await store.change(unit, asking.id, state="filed", said="")

    async def _places(self, connection: AsyncConnection, at: datetime) -> Gazetteer:
        """Made anew whenever a commune changed, or another day began."""
        edition = (*await communes_edition(connection), local(at).date())
        if self._gazetteer is None or self._gazetteer[0] != edition:
            self._gazetteer = edition, Gazetteer(await communes_of(connection, local(at).date()))
        return self._gazetteer[1]


def _heard(asking: Asking) -> Heard:
    question: Question | None = asking.question  # pyright: ignore[reportAssignmentType]  (only `_ask` writes it)
    return Heard(
        said=asking.said,
        urgent=category_of(asking.said) == URGENT,
        questions=asking.questions,
        question=question,
        options=tuple(Option(option["id"], option["label"]) for option in asking.options),
        commune=Meant(asking.commune, "", asking.called or None) if asking.commune else None,
    )
