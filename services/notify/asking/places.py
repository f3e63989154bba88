"""Where somebody is, read from what he writes: a commune by its new name or one from before July 2025, its village.

`mat mang xa Ea Kao buon Kao`, `P. Tân Lập`, `eakao`, `thon10`. A name without its type counts from two words on, one
behind a type (`xã`, `phường`) always; what stands behind the type of a village is no commune.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.vietnam.names import search_key
from shared.vietnam.place_search import PlaceSearch

_LONGEST = 6
"""Words of a commune's name."""
_TIGHT_FROM = 5
_BEGUN_FROM = 3
"""Letters from which a name run together, or only begun, is taken for one."""
_COMMUNE_KINDS = {"xa": "xa", "x": "xa", "phuong": "phuong", "p": "phuong", "tran": "thi tran", "tt": "thi tran"}
_KIND_IN_FRONT = re.compile(r"(xa|phuong|thi tran|dac khu) (?=\w)")
_VILLAGE_KINDS = ("thon", "buon", "bon", "to dan pho", "khu pho", "khoi", "ap", "lang", "xom", "to", "tdp")
_VILLAGE_KIND = re.compile(rf"({'|'.join(_VILLAGE_KINDS)}) (?=\w)")
_DISTRICT_KIND = re.compile(r"^(?:huyện|quận|thị xã|thành phố) ", re.IGNORECASE)
_DIGIT_BEHIND_LETTER = re.compile(r"(?<=[a-z])(?=\d)")


class Commune(Protocol):
    """What is known of a commune."""

    @property
    def key(self) -> str: ...
    @property
    def full_name(self) -> str: ...
    @property
    def former_names(self) -> Sequence[str]: ...


class Village(Protocol):
    """What is known of a village."""

    village_id: str
    name: str
    former_commune: str | None
    commune: str


@dataclass(frozen=True, slots=True)
class Meant:
    """A commune (unit key) that may be meant, the former name by which it was called, and the words that said so."""

    commune: str
    full_name: str
    former: str | None = None
    words: str = ""

    @property
    def told_apart(self) -> str:
        """`Phường Tân Lập (Buôn Ma Thuột)`: with the district of the former name that was said."""
        district = _DISTRICT_KIND.sub("", (self.former or "").partition(" (")[2].rstrip(")"))
        return f"{self.full_name} ({district})" if district else self.full_name


@dataclass(frozen=True, slots=True)
class _Name:
    meant: Meant
    kind: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class _Hit:
    names: Sequence[_Name]
    kind: str | None
    words: str

    @property
    def weight(self) -> tuple[bool, int]:
        return self.kind is not None, self.words.count(" ")


class Gazetteer:
    """Every commune's names, ready to be found in a text. Build it once for as long as communes stay the same."""

    def __init__(self, communes: Iterable[Commune]) -> None:
        known = list(communes)
        self._search = PlaceSearch(known)
        self._names: dict[str, list[_Name]] = defaultdict(list)
        for commune in known:
            for full_name, former in ((commune.full_name, None), *((name, name) for name in commune.former_names)):
                name, _, district = full_name.partition(" (")
                kind, bare = _parted(search_key(name))
                meant = Meant(commune.key, commune.full_name, former)
                self._names[bare].append(_Name(meant, kind, _bare_district(district)))
        self._tight = {name.replace(" ", ""): name for name in self._names if " " in name}

    def in_text(self, text: str) -> list[Meant]:
        """The communes that may be meant, each once, today's names first; none where no name stands in the text."""
        words = written(text).split()
        hits = [hit for start in range(len(words)) if (hit := self._hit_at(words, start))]
        best = max((hit.weight for hit in hits), default=None)
        found = [(name, hit) for hit in hits if hit.weight == best for name in _of_kind(hit)]
        district = [(name, hit) for name, hit in found if name.district and _says_besides(words, hit, name.district)]
        once: dict[str, Meant] = {}
        for name, hit in sorted(district or found, key=lambda one: one[0].meant.former is not None):
            meant = name.meant
            once.setdefault(meant.commune, Meant(meant.commune, meant.full_name, meant.former, hit.words))
        return list(once.values())

    def begun_with(self, text: str, most: int) -> list[Meant]:
        """Communes whose name begins so, or holds it: for an answer that is nothing but a place."""
        typed = search_key(text)
        if len(typed.replace(" ", "")) < _BEGUN_FROM:
            return []
        return [
            Meant(one.place.key, one.place.full_name, one.former, typed) for one in self._search.search(typed, most)
        ]

    def _hit_at(self, words: Sequence[str], start: int) -> _Hit | None:
        """The longest name that begins with this word."""
        before = " ".join(words[max(0, start - 3) : start])
        if before.endswith(tuple(f" {kind}" for kind in _VILLAGE_KINDS)) or before in _VILLAGE_KINDS:
            return None
        kind = _COMMUNE_KINDS.get(words[start - 1]) if start else None
        for length in range(min(_LONGEST, len(words) - start), 0, -1):
            said = " ".join(words[start : start + length])
            name = said if said in self._names else self._tight.get(said) if len(said) >= _TIGHT_FROM else None
            if name and (kind or " " in name):
                return _Hit(self._names[name], kind, said)
        return None


def villages_in(text: str, villages: Sequence[Village], commune: Meant, *, answering: bool) -> list[Village]:
    """The villages that may be meant: the longest name first, told apart by the former commune where it was said.

    `answering`: the text answers "which village?", so that its bare name, or its number, is enough.
    """
    plain = f" {written(text)} ".replace(f" {commune.words} ", " | ", 1) if commune.words else f" {written(text)} "
    found = _longest(plain, [(name, village) for village in villages for name in _spellings(village.name)])
    if not found:
        bare = [(_without_kind(search_key(village.name)), village) for village in villages]
        found = _longest(plain, [(name, village) for name, village in bare if answering or " " in name])
    said = f"{search_key(commune.former or '')} {written(text)}"
    told_apart = [one for one in found if one.former_commune and _parted(search_key(one.former_commune))[1] in said]
    return told_apart or found


def written(text: str) -> str:
    """Lower case, no diacritics, a space between words and numbers: `Thôn10,` is `thon 10`."""
    return _DIGIT_BEHIND_LETTER.sub(" ", search_key(text)).replace("to dan pho", "tdp").replace("t d p", "tdp")


def _longest(plain: str, named: Sequence[tuple[str, Village]]) -> list[Village]:
    hits = [(len(name), village) for name, village in named if name and f" {name} " in plain]
    longest = max((length for length, _ in hits), default=0)
    return list({village.village_id: village for length, village in hits if length == longest}.values())


def _spellings(name: str) -> Iterable[str]:
    """`Tổ dân phố 5` is `tdp 5` and `to 5`."""
    plain = written(name)
    yield plain
    if plain.startswith("tdp "):
        yield plain.replace("tdp ", "to ", 1)


def _without_kind(name: str) -> str:
    kind = _VILLAGE_KIND.match(name)
    return name[kind.end() :] if kind else name


def _parted(name: str) -> tuple[str, str]:
    """`thi tran ea drang` → `thi tran`, `ea drang`."""
    kind = _KIND_IN_FRONT.match(name)
    return (kind[1], name[kind.end() :]) if kind else ("", name)


def _bare_district(district: str) -> str:
    return re.sub(r"^(huyen|quan|thi xa|thanh pho) ", "", search_key(district))


def _of_kind(hit: _Hit) -> Sequence[_Name]:
    """Those of the type that was said, where there are any."""
    return [name for name in hit.names if name.kind == hit.kind] or hit.names


def _says_besides(words: Sequence[str], hit: _Hit, district: str) -> bool:
    """Whether the district stands in the text too: one may be called like its commune."""
    return f" {district} " in f" {' '.join(words)} ".replace(f" {hit.words} ", " ", 1)
