"""Which ticket a reply means, and what is to be done about it: pure rules.

The word decides in which role somebody speaks: NHAN, TUCHOI and XONG are a member's; CHUA and DANHGIA a resident's,
also where a member asked for help himself. Without a number the only ticket that it can mean is meant; where there are
several, we ask. Whether it is still possible is assign's to say.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.notify.replies.words import Said, Word
from shared.vietnam.names import fold

Command = Literal["accept", "decline", "resolve", "reopen", "rate"]
_MEMBERS: dict[str, Command] = {"NHAN": "accept", "TUCHOI": "decline", "XONG": "resolve"}
_OVER = frozenset({"closed", "cancelled"})
_AT_WORK = frozenset({"accepted", "in_progress", "waiting", "handed_over", "reopened"})


@dataclass(frozen=True, slots=True)
class Job:
    """A ticket of which a person on duty was told, under his own short number."""

    person: str
    code: str
    number: int
    status: str
    asked: bool = False
    """His team may still take it."""
    mine: bool = False
    """He is the member who has it."""

    @property
    def is_open(self) -> bool:
        return self.status not in _OVER and (self.asked or self.mine)


@dataclass(frozen=True, slots=True)
class Own:
    """A ticket that somebody asked for as a resident."""

    code: str
    status: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: everything is listed newest first."""

    jobs: Sequence[Job] = ()
    own: Sequence[Own] = ()
    on_duty: bool = False
    is_asked: bool = False
    """We asked him where he needs help, and wait for the answer."""


@dataclass(frozen=True, slots=True)
class Act:
    """Ask assign for it. `person` is None for a resident."""

    command: Command
    code: str
    person: str | None
    number: int | None = None
    text: str = ""
    stars: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Say something, and do nothing. `about` are tickets that it lists."""

    text: str
    """Key of `texts.toml`."""
    about: Sequence[Job | Own] = ()
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stop:
    """No more messages."""


@dataclass(frozen=True, slots=True)
class Help:
    """The helpful answer, once a day."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Thanks get no answer: it would cost, and would begin a conversation between machines."""


@dataclass(frozen=True, slots=True)
class Asks:
    """Somebody asks for help, or answers what we asked about it: `asking.hearing` goes on."""

    text: str | None
    """What follows the word HOTRO; None: the whole text."""


Outcome = Act | Answer | Stop | Help | Silence | Asks


def choose(said: Said, sender: Sender) -> Outcome:
    """What to do about a text."""
    if sender.is_asked and _may_answer(said, sender):
        return Asks(None)
    if said.wrong_code:
        return Answer("answer_wrong_code", values={"typed": said.wrong_code})
    if said.word:
        return _BY_WORD[said.word](said, sender)
    if said.polite:
        return Silence()
    if said.number is not None and sender.on_duty:
        return _bare_number(said.number, sender)
    return Help()


def _may_answer(said: Said, sender: Sender) -> bool:
    """Whether a text can be the answer that we wait for: what was asked last comes first, but commands stay commands.

    A number alone does nothing for a member, so it may be the answer's. "Chua biet" is no objection.
    """
    if said.word in _MEMBERS and not sender.on_duty:
        return True
    if said.word == "CHUA":
        return bool(re.match(r"\W*(?:biet|ro|nho)\b", fold(said.rest).lower()))
    return said.word is None and not said.polite


def _member(said: Said, sender: Sender) -> Outcome:
    if not sender.on_duty:
        return Help()
    job = _job(said, sender.jobs, _CAN_MEAN[said.word or ""])
    if isinstance(job, Answer):
        return job
    return Act(_MEMBERS[said.word or ""], job.code, job.person, job.number, said.rest)


def _job(said: Said, jobs: Sequence[Job], can_mean: Sequence[Callable[[Job], bool]]) -> Job | Answer:
    word = said.word or ""
    if said.code:
        found = next((job for job in jobs if job.code == said.code), None)
        return found or Answer("answer_unknown_code", values={"code": said.code})
    if said.number is not None:
        named = [job for job in jobs if job.number == said.number]
        found = next((job for job in named if job.is_open), None) or next(iter(named), None)
        return found or Answer("answer_unknown_number", values={"n": str(said.number)})
    for fits in can_mean:
        fitting = [job for job in jobs if fits(job)]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return Answer("answer_which_job", about=fitting, values={"word": word, "n": str(fitting[0].number)})
    return Answer("answer_no_job", values={"word": word})


def _asked(job: Job) -> bool:
    return job.asked


def _mine(job: Job) -> bool:
    return job.mine and job.status in _AT_WORK


_CAN_MEAN: dict[str, Sequence[Callable[[Job], bool]]] = {
    "NHAN": (_asked,),
    "TUCHOI": (_asked, _mine),
    "XONG": (_mine, _asked),
}
"""What a word without a number can mean: the first that fits anything decides."""


def _objection(said: Said, sender: Sender) -> Outcome:
    if said.code:
        own = next((one for one in sender.own if one.code == said.code), None)
        if own is None:
            return Answer("answer_unknown_code", values={"code": said.code})
        return Act("reopen", own.code, None, text=said.rest)
    done = [one for one in sender.own if one.status == "resolved"]
    if len(done) > 1:
        return _which(done, "CHUA")
    if done:
        return Act("reopen", done[0].code, None, text=said.before_number)
    under_way = [one for one in sender.own if one.status not in _OVER]
    if under_way:
        return Answer("answer_not_done_yet", about=under_way[:1])
    return Answer("answer_resident_not_possible", sender.own[:1], {"word": "CHUA"}) if sender.own else Help()


def _rating(said: Said, sender: Sender) -> Outcome:
    if not sender.own:
        return Help()
    if said.stars is None:
        return Answer("answer_how_many_stars")
    if said.code:
        own = next((one for one in sender.own if one.code == said.code), None)
        if own is None:
            return Answer("answer_unknown_code", values={"code": said.code})
        return Act("rate", own.code, None, text=said.rest, stars=said.stars)
    return _rating_of_the_only_one(said, sender)


def _rating_of_the_only_one(said: Said, sender: Sender) -> Outcome:
    """The one that is done; else the one that was closed last."""
    done = [one for one in sender.own if one.status == "resolved"]
    if len(done) > 1:
        return _which(done, f"DANHGIA {said.stars}")
    done = done or [one for one in sender.own if one.status == "closed"]
    if not done:
        return Answer("answer_not_done_yet", about=sender.own[:1])
    return Act("rate", done[0].code, None, text=said.rest, stars=said.stars)


def _which(done: Sequence[Own], word: str) -> Answer:
    return Answer("answer_which_request", about=done, values={"word": word, "code": done[0].code})


def _status(said: Said, sender: Sender) -> Outcome:
    if said.code:
        known = [one for one in (*sender.jobs, *sender.own) if one.code == said.code]
        return _shown(known[:1]) if known else Answer("answer_unknown_code", values={"code": said.code})
    if said.number is not None and sender.on_duty:
        job = _job(said, sender.jobs, ())
        return job if isinstance(job, Answer) else _shown([job])
    jobs = [job for job in sender.jobs if job.is_open]
    own = [one for one in sender.own if one.status not in _OVER]
    if jobs or own:
        return _shown([*jobs, *own])
    if sender.own:
        return _shown(sender.own[:1])
    return Answer("answer_no_job", values={"word": "XEM"}) if sender.on_duty else Help()


def _shown(known: Sequence[Job | Own]) -> Answer:
    if len(known) == 1:
        return Answer("answer_job" if isinstance(known[0], Job) else "answer_request", about=known)
    return Answer("answer_list", about=known)


def _bare_number(number: int, sender: Sender) -> Outcome:
    """A number alone does nothing: it might be anybody's ticket, or no answer at all."""
    if any(job.number == number for job in sender.jobs):
        return Answer("answer_bare_number", values={"n": str(number)})
    return Answer("answer_unknown_number", values={"n": str(number)})


def _ask(said: Said, _: Sender) -> Outcome:
    return Asks(said.rest)


def _stop(_: Said, __: Sender) -> Outcome:
    return Stop()


_BY_WORD: Mapping[Word, Callable[[Said, Sender], Outcome]] = {
    "NHAN": _member,
    "TUCHOI": _member,
    "XONG": _member,
    "CHUA": _objection,
    "DANHGIA": _rating,
    "XEM": _status,
    "NGUNG": _stop,
    "HOTRO": _ask,
}
