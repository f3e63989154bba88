"""Numbers as people here read them: 1,2 km, 0905 123 456, 1.147."""

from shared.vietnam.phones import spoken
from shared.web.languages import Language

_SWAP = str.maketrans(",.", ".,")


def number(value: float, language: Language, decimals: int = 0) -> str:
    """1147 → `1.147` in Vietnamese, `1,147` in English."""
    text = f"{value:,.{decimals}f}"
    return text.translate(_SWAP) if language == "vi" else text


def distance(metres: float, language: Language) -> str:
    """Metres for a reader: `850 m`, `1,2 km`, `14 km`."""
    if metres < 995:
        return f"{round(metres, -1):.0f} m"
    kilometres = metres / 1000
    return f"{number(kilometres, language, 1 if kilometres < 9.95 else 0)} km"


def percent(share: float | None, language: Language) -> str:
    """0.934 → `93,4 %`; a share of nothing is a dash."""
    return "–" if share is None else f"{number(share * 100, language, 1)} %"


def phone(e164: str) -> str:
    """`+84905123456` → `0905 123 456`; a short number such as `1022` stays as it is."""
    return spoken(e164) if e164.startswith("+84") else e164


def dial(e164: str) -> str:
    """The address behind a "call" button."""
    return f"tel:{e164.replace(' ', '')}"
