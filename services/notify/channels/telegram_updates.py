"""What comes from Telegram: texts, presses of buttons, and people who block the bot or open it again.

Only private chats count: there the chat is the person, so its link says who acts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from pydantic import BaseModel, Field, ValidationError

from services.notify.channels.bots import Bot
from services.notify.channels.calling import NotReached
from services.notify.channels.inbound import Inbound, Text
from services.notify.channels.telegram_buttons import read_press
from services.notify.contacts import store as contacts
from shared.clock import Clock
from shared.store import Store, Unit
from shared.web.languages import Language, Translator

log = structlog.get_logger()
ALLOWED = ("message", "callback_query", "my_chat_member")
_GONE = ("kicked", "left")


class _User(BaseModel):
    id: int


class _Chat(BaseModel):
    id: int
    type: str = ""


class _Message(BaseModel):
    message_id: int
    chat: _Chat
    text: str = ""


class _Press(BaseModel):
    id: str
    person: _User = Field(alias="from")
    message: _Message | None = None
    data: str | None = None


class _Member(BaseModel):
    status: str


class _Membership(BaseModel):
    chat: _Chat
    new_chat_member: _Member


class Update(BaseModel):
    """One of them is there; what else Telegram may send is none of ours."""

    update_id: int
    message: _Message | None = None
    callback_query: _Press | None = None
    my_chat_member: _Membership | None = None


@dataclass(slots=True)
class _Batch:
    """What is to be handed over, and what is to be said on phones afterwards."""

    texts: list[Text] = field(default_factory=list)
    pressed: list[tuple[_Press, str, bool]] = field(default_factory=list)
    """A press, our words about it, and whether it was for us."""


class Updates:
    """Takes updates into the store, then tells Telegram."""

    def __init__(self, bot: Bot, store: Store, clock: Clock, inbound: Inbound) -> None:
        self._bot = bot
        self._store = store
        self._clock = clock
        self._inbound = inbound

    async def take(self, updates: Sequence[Any]) -> None:
        """Updates as they came, a repeat too. What went wrong after the commit costs a tick on a screen, no more."""
        batch = _Batch()
        async with self._store.begin() as unit:
            for update in updates:
                await self._note(unit, update, batch)
            await self._inbound.texts(unit, batch.texts)
        for press, words, for_us in batch.pressed:
            await self._acknowledge(press, words, for_us)

    async def _note(self, unit: Unit, raw: Any, batch: _Batch) -> None:
        try:
            update = Update.model_validate(raw)
        except ValidationError:
            log.warning("telegram.update_not_understood")
            return
        if update.message and update.message.chat.type == "private":
            await contacts.mark_address(unit, "telegram", str(update.message.chat.id), is_bad=False)
            batch.texts.append(self._text(update, update.message.chat.id, update.message.text))
        if update.callback_query:
            await self._press(unit, update, update.callback_query, batch)
        if update.my_chat_member and update.my_chat_member.chat.type == "private":
            gone = update.my_chat_member.new_chat_member.status in _GONE
            await contacts.mark_address(unit, "telegram", str(update.my_chat_member.chat.id), is_bad=gone)

    async def _press(self, unit: Unit, update: Update, press: _Press, batch: _Batch) -> None:
        """A press counts as a text of whoever pressed, if his chat is linked to somebody on duty."""
        said = read_press(press.data)
        phone = await contacts.phone_of(unit.connection, "telegram", str(press.person.id))
        people = await contacts.people_with_phone(unit.connection, phone) if phone else []
        if said is None or not people:
            batch.pressed.append((press, _words("not_for_you"), False))
            return
        word, code = said
        batch.texts.append(self._text(update, press.person.id, f"{word} {code}"))
        batch.pressed.append((press, _words("heard", "en" if people[0].language == "en" else "vi", word=word), True))

    def _text(self, update: Update, chat: int, text: str) -> Text:
        return Text("telegram", str(update.update_id), str(chat), text, self._clock.now(), "telegram")

    async def _acknowledge(self, press: _Press, words: str, for_us: bool) -> None:
        """The phone shows a turning wheel until it is answered; answered buttons go."""
        await self._say("answerCallbackQuery", callback_query_id=press.id, text=words, show_alert=not for_us)
        if for_us and press.message:
            await self._say(
                "editMessageReplyMarkup",
                chat_id=press.message.chat.id,
                message_id=press.message.message_id,
                reply_markup={"inline_keyboard": []},
            )

    async def _say(self, method: str, **payload: Any) -> None:
        try:
            told = await self._bot.call(method, payload)
        except NotReached as error:
            log.info("telegram.not_acknowledged", method=method, error=str(error))
            return
        if not told.ok and told.code != 400:  # 400: too old by now, or nothing to change
            log.warning("telegram.not_acknowledged", method=method, code=told.code)


def _words(key: str, language: Language = "vi", **values: str) -> str:
    return Translator(language)(f"telegram.{key}", **values)
