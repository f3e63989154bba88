"""Our own line drawings, 24 × 24, for use beside words only."""

from markupsafe import Markup

_DRAWINGS = {
    # the ten categories
    "public_services": "M3.5 9.5 12 4.5l8.5 5zM6 10v7.5M10 10v7.5M14 10v7.5M18 10v7.5M3.5 20h17",
    "identity_account": "M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z"
    "M9 12.2a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM5.8 16c.6-1.3 1.7-2 3.2-2s2.6.7 3.2 2M15 10h3M15 14h3",
    "payments": "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5"
    "M20 14v2M14 20h2M18.5 18.5H20V20M7 7h.01M17 7h.01M7 17h.01",
    "ecommerce": "M5 8.5h14L18 20H6zM8.8 11V7.5a3.2 3.2 0 0 1 6.4 0V11",
    "digital_signature": "M3.5 19.5c2-4.5 4-6.5 5-5.8s-1 4.3.7 4.3 1.8-1.7 3.3-1.7 1.5 2 3.3 2h4.7"
    "M13 10.8l5.7-6 2 2-5.7 6-2.8.8z",
    "scam_safety": "M12 3l7.5 2.8v5.4c0 4.8-3 8-7.5 9.8-4.5-1.8-7.5-5-7.5-9.8V5.8zM12 8v4.5M12 16h.01",
    "connectivity": "M3 9.5c5-5 13-5 18 0M6 13c3.3-3.3 8.7-3.3 12 0M9 16.3c1.7-1.6 4.3-1.6 6 0M12 19.5h.01",
    "device": "M8.5 3h7a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM11 18h2",
    "training": "M12 7c-2-1.5-4.8-2-8.5-2v13c3.7 0 6.5.5 8.5 2 2-1.5 4.8-2 8.5-2V5c-3.7 0-6.5.5-8.5 2zM12 7v13",
    "other": "M4 5h16v11.5h-9.5L6.5 20v-3.5H4zM8.5 10.8h.01M12 10.8h.01M15.5 10.8h.01",
    # what one can do, and what has happened
    "phone": "M6 4h3.2l1.5 4-2 1.6a13 13 0 0 0 5.7 5.7l1.6-2 4 1.5V18a2 2 0 0 1-2 2C10.8 20 4 13.2 4 6a2 2 0 0 1 2-2z",
    "pin": "M12 21s7-6 7-11a7 7 0 0 0-14 0c0 5 7 11 7 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
    "locate": "M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM12 2.5V6M12 18v3.5M2.5 12H6M18 12h3.5M12 12h.01",
    "way": "M12 3l7 17-7-4-7 4z",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "cross": "M6 6l12 12M18 6L6 18",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
    "alert": "M12 4l9 16H3zM12 10v4.5M12 17.3h.01",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.7h.01",
    "person": "M12 11.5a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6zM4.5 20c.8-3.6 3.6-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
    "people": "M9 11.5a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6zM2.5 19.5c.7-3.2 3.1-5 6.5-5s5.8 1.8 6.5 5"
    "M15.5 5.2a3.3 3.3 0 0 1 0 6M18 14.9c2 .7 3.1 2.3 3.5 4.6",
    "message": "M4 5h16v11.5h-9.5L6.5 20v-3.5H4z",
    "play": "M8 5l11 7-11 7z",
    "pause": "M8.5 5v14M15.5 5v14",
    "calendar": "M4 6h16v14H4zM4 10.5h16M8.5 3.5V7M15.5 3.5V7",
    "star": "M12 3.5l2.6 5.5 5.9.8-4.3 4.2 1 6-5.2-2.9L6.8 20l1-6-4.3-4.2 5.9-.8z",
    "right": "M5 12h14M13 6l6 6-6 6",
    "left": "M19 12H5M11 6l-6 6 6 6",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20.5 20.5",
    "plus": "M12 5v14M5 12h14",
    "pen": "M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 15v1.5",
    "home": "M4 11l8-7 8 7M6.5 9.5V20h11V9.5M10.5 20v-5h3v5",
    "inbox": "M4 13l2.5-8h11L20 13v6H4zM4 13h4.5l1.5 2.5h4l1.5-2.5H20",
    "chart": "M4 20h16M7 16.5v-4M12 16.5V6M17 16.5v-7",
    "again": "M5 12a7 7 0 1 1 2 5M5 12V7M5 12h4.7",
    "swap": "M4 8.5h14M14.5 5L18 8.5 14.5 12M20 15.5H6M9.5 12L6 15.5 9.5 19",
    "door": "M6 20.5V4h9v16.5M3.5 20.5h17M15 6h3v14.5M12 12.5h.01",
    "out": "M13 4H5v16h8M10 12h10.5M16.5 8l4 4-4 4",
    "flag": "M5.5 21V4h12l-2.5 4 2.5 4h-12",
}


def icon(name: str, size: int = 24) -> Markup:
    """The drawing `name` as inline SVG, hidden from screen readers: the word beside it says the same."""
    return Markup(  # noqa: S704  (our own drawings)
        f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f'<path d="{_DRAWINGS[name]}"/></svg>'
    )


def icon_names() -> list[str]:
    return sorted(_DRAWINGS)
