"""An administrator enters somebody's mailbox: its owner is asked by the first letter, and by that alone."""

from datetime import datetime

from services.notify.alerts.policy import FRESH
from services.notify.channels import mailboxes
from services.notify.channels.email_letter import CONFIRMATION
from services.notify.contacts.choosing import Person
from services.notify.contacts.store import unlink
from services.notify.messages.new import NewMessage
from services.notify.messages.store import queue
from shared.store import Unit, correlation_id
from shared.web.languages import Translator


async def wish_for_letters(unit: Unit, person: Person, address: str | None, at: datetime) -> None:
    """Ask the owner of `address`; None: no more letters to this person. The link itself is made by the channel."""
    if address is None:
        await unlink(unit, mailboxes.KIND, person.phone)
        return
    mailbox = await mailboxes.note(unit, address, person.phone, at)
    question = NewMessage(
        alert="answer",
        phone="",
        address=address,
        person=person.id,
        text="\n\n".join(Translator(language)("mailbox.letter.question") for language in ("vi", "en")),
        template=CONFIRMATION,
        slots={"mailbox": str(mailbox)},
        channels=(mailboxes.KIND,),
        priority=0,
        created_at=at,
        not_before=at,
        expires_at=at + FRESH["answer"],
        correlation=correlation_id(),
    )
    await queue(unit, [question])
