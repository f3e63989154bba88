"""The sentences of `texts.toml`, by key and by the manner in which somebody is written to."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal

from shared.vietnam.sms import ascii_sms

Manner = Literal["sms", "vi", "en"]
"""Vietnamese without diacritics, Vietnamese, English."""

_FOLDER = Path(__file__).parent


@lru_cache
def _file(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def manner(language: str, diacritics: bool) -> Manner:
    """How to write to somebody: every language but English is answered in Vietnamese."""
    if language == "en":
        return "en"
    return "vi" if diacritics else "sms"


@lru_cache
def every_key() -> Sequence[str]:
    """All texts, in the order of the file."""
    return tuple(key for key, leaf in _file("texts.toml").items() if "sms" in leaf)


@lru_cache
def slots(key: str) -> frozenset[str]:
    """Names of the slots of a text, in whatever manner."""
    leaf = _file("texts.toml")[key]
    return frozenset(name for text in leaf.values() for _, name, _, _ in Formatter().parse(text) if name)


def sentence(key: str, how: Manner) -> str:
    """The text with its slots still open. KeyError: no such text."""
    return _file("texts.toml")[key][how]


def filled(key: str, how: Manner, values: Mapping[str, str]) -> str:
    """The text with its slots filled in. KeyError: no such text, or a slot was forgotten."""
    text = sentence(key, how)
    if how == "vi":
        return text.format_map(values)
    return text.format_map({name: _plain(value) for name, value in values.items()})


@lru_cache(maxsize=4096)
def _plain(value: str) -> str:
    """Names come again and again; the sentences themselves are plain in the file."""
    return ascii_sms(value)


def phrase(group: str, key: str, how: Manner) -> str:
    """A few words that stand within a text, such as the reason of an escalation."""
    return _file("texts.toml")[group][key]["en" if how == "en" else "vi"]
