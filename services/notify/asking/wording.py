"""Questions in words: which text, what stands in it, and the choices that fit into one SMS."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notify.alerts import texts
from services.notify.alerts.slots import PLACE
from services.notify.alerts.texts import Manner
from services.notify.asking.conversation import Ask, Option
from services.notify.replies.answers import ROOM
from services.notify.replies.choosing import Answer
from shared.vietnam.names import cut

_LABELS = (36, 26)
"""Letters of a choice; fewer where else only one would fit."""


@dataclass(frozen=True, slots=True)
class Worded:
    """The answer, and the choices that it names: what a number means from now on."""

    answer: Answer
    options: tuple[Option, ...] = ()


def worded(ask: Ask, how: Manner, *, urgent: bool) -> Worded:
    """The question. Advice that cannot wait goes with the first one."""
    if ask.question in ("what", "where"):
        return Worded(Answer("answer_ask_where_urgent" if urgent else f"answer_ask_{ask.question}"))
    place = cut(ask.commune.full_name, PLACE) if ask.commune else ""
    if ask.question == "village":
        listed = _fitting("answer_ask_which_village", how, ask.options)
        if not listed or len(listed) < len(ask.options):
            return Worded(Answer("answer_ask_village", values={"place": place}))
        return Worded(Answer("answer_ask_which_village", values={"list": _list(listed)}), listed)
    key = f"answer_ask_{ask.question}"
    listed = _fitting(key, how, ask.options)
    return Worded(Answer(key, values={"list": _list(listed)}), listed)


def _fitting(key: str, how: Manner, options: Sequence[Option]) -> tuple[Option, ...]:
    """As many of the first as one SMS holds, with labels as they stand in it."""
    fitting: tuple[Option, ...] = ()
    for length in _LABELS:
        fitting = tuple(Option(option.id, cut(option.label, length)) for option in options)
        while fitting and len(texts.filled(key, how, {"list": _list(fitting)})) > ROOM[how]:
            fitting = fitting[:-1]
        if len(fitting) > 1:
            break
    return fitting


def _list(options: Sequence[Option]) -> str:
    """`1 Phường Ea Kao, 2 Xã Ea Ktur`."""
    return ", ".join(f"{number} {option.label}" for number, option in enumerate(options, 1))
