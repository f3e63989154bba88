"""Words for people, Vietnamese first and English second, side by side in one `words.toml` a room.

A leaf is a sentence in both languages; `{name}` stands for a value, `en_one` is the English for a count of one:

    [tracking]
    heading = { vi = "Yêu cầu {code}", en = "Request {code}" }
    tries = { vi = "Còn {count} lần thử", en = "{count} tries left", en_one = "One try left" }

Its key is the path, `tracking.heading`. Keys are one space for all rooms, so a room begins its own with its name.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from starlette.requests import HTTPConnection

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
DEFAULT: Language = "vi"
COOKIE = "lang"


@dataclass(frozen=True)
class Said:
    """A sentence not yet put in a language: whoever raises an error need not know who will read it."""

    key: str
    values: Mapping[str, Any]


def say(key: str, **values: Any) -> Said:
    """The sentence `key` with its values, to be put in the reader's language later."""
    return Said(key, values)


class Words:
    """Every room's sentences. `add` refuses a key that two files give."""

    def __init__(self) -> None:
        self._leaves: dict[str, Mapping[str, str]] = {}
        self._files: set[Path] = set()

    def add(self, file: Path) -> None:
        """Take in a `words.toml`; the same file again changes nothing. ValueError: a key is taken or half."""
        if file in self._files:
            return
        leaves = dict(_leaves(tomllib.loads(file.read_text(encoding="utf-8"))))
        for key, leaf in leaves.items():
            if key in self._leaves:
                raise ValueError(f"{file}: another room's words have {key} already")
            if missing := set(LANGUAGES) - set(leaf):
                raise ValueError(f"{file}: {key} lacks {', '.join(sorted(missing))}")
        self._leaves.update(leaves)
        self._files.add(file)

    def __contains__(self, key: str) -> bool:
        return key in self._leaves

    def sentence(self, language: Language, key: str, values: Mapping[str, Any]) -> str:
        """The sentence with its values filled in. KeyError: no such key, or a value is missing."""
        leaf = self._leaves[key]
        one = leaf.get(f"{language}_one") if values.get("count") == 1 else None
        return (one or leaf[language]).format_map(values)

    def items(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        yield from self._leaves.items()


@dataclass(frozen=True)
class Translator:
    """`t("tracking.heading", code=…)` in one language."""

    language: Language

    def __call__(self, key: str, /, **values: Any) -> str:
        return words.sentence(self.language, key, values)

    def has(self, key: str) -> bool:
        return key in words

    def text(self, said: Said | str) -> str:
        """What `say` made, a bare key, or a text that stays as it is."""
        if isinstance(said, str):
            return self(said) if said in words else said
        values = {name: self.text(value) if isinstance(value, Said) else value for name, value in said.values.items()}
        return self(said.key, **values)


def page_language(connection: HTTPConnection) -> Language:
    """The language of a page: `?lang=`, then the cookie, then Vietnamese.

    Not the browser's: many a phone in a village was sold set to English, and its owner must not meet an English page.
    """
    for wish in (connection.query_params.get("lang"), connection.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return cast(Language, wish)
    return DEFAULT


def caller_language(connection: HTTPConnection) -> Language:
    """The language of an answer to a program: `?lang=`, the cookie, `Accept-Language`, Vietnamese."""
    if connection.query_params.get("lang") in LANGUAGES or connection.cookies.get(COOKIE) in LANGUAGES:
        return page_language(connection)
    return _accepted(connection.headers.get("accept-language", ""))


def _accepted(header: str) -> Language:
    """The best of our languages in an `Accept-Language` header (RFC 9110, 12.5.4)."""
    best, best_quality = DEFAULT, 0.0
    for part in header.split(","):
        name, _, quality = part.strip().partition(";q=")
        language = name.strip().lower().split("-")[0]
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and weight > best_quality:
            best, best_quality = cast(Language, language), weight
    return best


def _leaves(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    for name, value in table.items():
        key = f"{path}.{name}" if path else name
        if any(isinstance(text, str) for text in value.values()):
            yield key, value
        else:
            yield from _leaves(value, key)


words = Words()
"""Of this process: each service has its own rooms' words and the shared ones."""
words.add(Path(__file__).parent / "words.toml")
