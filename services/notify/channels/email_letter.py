"""A message as a letter: plain and HTML, in Vietnamese and English around the text, with one click to stop it.

RFC 5322, RFC 8058 (one-click unsubscribe), RFC 3834 (`Auto-Submitted`: no out-of-office answers, please).
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime

from markupsafe import Markup, escape

from services.notify.channels.channel import Outgoing
from shared.codes import spoken
from shared.web.languages import Translator

CONFIRMATION = "mailbox_confirmation"
"""The template of the one letter that asks whether a mailbox is its owner's."""
_VI, _EN = Translator("vi"), Translator("en")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the text."""

    sender: str
    at: datetime
    """Real time: receivers distrust letters of another day."""
    confirm: str | None = None
    unsubscribe: str | None = None


def letter(message: Outgoing, frame: Frame) -> bytes:
    """The letter as it is sent. Its id is the message's in every try."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = frame.sender
    mail["To"] = message.address
    mail["Subject"] = _subject(message)
    mail["Date"] = format_datetime(frame.at)
    mail["Message-ID"] = f"<{message.id}@{frame.sender.rpartition('@')[2].rstrip('>')}>"
    mail["Auto-Submitted"] = "auto-generated"
    if frame.unsubscribe:
        mail["List-Unsubscribe"] = f"<{frame.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(_plain(message.text, frame))
    mail.add_alternative(_html(message.text, frame), subtype="html")
    return mail.as_bytes()


def _subject(message: Outgoing) -> str:
    if message.template == CONFIRMATION:
        return f"Cầu Nối: {_both('mailbox.letter.confirm')}"
    about = f" {spoken(message.code)}" if message.code else ""
    return f"Cầu Nối{about}: {_both(f'messages.alert.{message.alert}')}"


def _both(key: str) -> str:
    return f"{_VI(key)} / {_EN(key)}"


def _plain(text: str, frame: Frame) -> str:
    """Below `-- ` stands what mail programs show smaller, or leave out of an answer (RFC 3676, 4.3)."""
    asked = f"\n\n{frame.confirm}" if frame.confirm else ""
    below = [f"{t('mailbox.letter.never')} {t('mailbox.letter.why')}" for t in (_VI, _EN)]
    below += [f"{_both('mailbox.letter.leave')}: {frame.unsubscribe}"] if frame.unsubscribe else []
    return f"{text}{asked}\n\n-- \n" + "\n".join(below) + "\n"


def _html(text: str, frame: Frame) -> str:
    lines = Markup("<br>").join(escape(line) for line in text.split("\n"))
    parts = [Markup('<p style="font-size:18px;line-height:1.5">{}</p>').format(lines)]
    if frame.confirm:
        parts.append(
            Markup('<p style="font-size:18px"><a href="{}">{}</a></p>').format(
                frame.confirm, _both("mailbox.letter.confirm")
            )
        )
    below = Markup('<p lang="{}" style="color:#4a5a63">{} {}</p>')
    parts += [below.format(t.language, t("mailbox.letter.never"), t("mailbox.letter.why")) for t in (_VI, _EN)]
    if frame.unsubscribe:
        parts.append(Markup('<p><a href="{}">{}</a></p>').format(frame.unsubscribe, _both("mailbox.letter.leave")))
    head = Markup('<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Cầu Nối</title></head><body>')
    return str(head + Markup("").join(parts) + Markup("</body></html>\n"))


class _Unfolded(UnstructuredHeader, BaseHeader):
    """On one line: Python would write a long address as an encoded word, which no mail program reads as a link."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> Policy:
    headers = HeaderRegistry()
    headers.map_to_type("list-unsubscribe", _Unfolded)
    return SMTP.clone(header_factory=headers, cte_type="7bit")


_POLICY = _policy()
