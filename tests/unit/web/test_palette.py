"""Words have a contrast of at least 4.5 : 1, edges of what can be used 3 : 1 (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[3] / "shared/web/static/resident.css").read_text(encoding="utf-8")
WORDS = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "water-tint"), ("ink", "laterite-tint"), ("ink", "rice-tint"),
    ("ink", "sky"),
    ("soft", "paper"), ("soft", "surface"), ("soft", "water-tint"), ("soft", "laterite-tint"), ("soft", "rice-tint"),
    ("water", "paper"), ("water", "surface"), ("water", "water-tint"), ("water", "sky"),
    ("on-water", "water"), ("on-water", "water-press"),
    ("laterite", "paper"), ("laterite", "surface"), ("on-laterite", "laterite"), ("on-laterite", "laterite-press"),
    ("laterite-ink", "paper"), ("laterite-ink", "surface"), ("laterite-ink", "laterite-tint"),
    ("on-band", "band"), ("paper", "ink"),
]  # fmt: skip
EDGES = [
    ("edge", "paper"),
    ("edge", "surface"),
    ("focus", "paper"),
    ("focus", "surface"),
    ("laterite", "laterite-tint"),
    ("rice", "band"),
]


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


LIGHT = tokens(CSS[CSS.index(":root") : CSS.index("@media (prefers-color-scheme: dark)")])
DARK = LIGHT | tokens(CSS[CSS.index("@media (prefers-color-scheme: dark)") : CSS.index("*, *::before")])


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_in_both_themes(theme: dict[str, str]):
    poor = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in WORDS}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_what_can_be_used_can_be_seen_in_both_themes(theme: dict[str, str]):
    poor = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in EDGES}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 3} == {}


def test_the_dark_theme_sets_every_colour_that_words_stand_on():
    assert {"paper", "surface", "ink", "soft", "water", "laterite", "edge"} <= {
        name for name in DARK if DARK[name] != LIGHT[name]
    }
