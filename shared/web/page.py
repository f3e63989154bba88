"""The page being rendered: its words, its time, and what templates may call."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from markupsafe import Markup

from shared.clock import Clock
from shared.codes import spoken
from shared.web import figures, times
from shared.web.icons import icon
from shared.web.languages import Translator
from shared.web.static import has_static, static_url


@dataclass(frozen=True)
class Page:
    """What every part of the page being rendered may ask for."""

    request: Request
    t: Translator
    now: datetime


current: ContextVar[Page] = ContextVar("page")


def helpers() -> dict[str, Any]:
    """What templates may call; all in the language and at the time of the page being rendered."""
    return {
        "t": _CurrentWords(),
        "icon": icon,
        "static_url": static_url,
        "has_static": has_static,
        "spoken": spoken,
        "phone": figures.phone,
        "dial": figures.dial,
        "number": lambda value, decimals=0: figures.number(value, current.get().t.language, decimals),
        "distance": lambda metres: figures.distance(metres, current.get().t.language),
        "percent": lambda share: figures.percent(share, current.get().t.language),
        "now": lambda: current.get().now,
        "moment": lambda at: times.moment(at, current.get().now, current.get().t),
        "before": lambda at: times.before(at, current.get().now, current.get().t),
        "relative": lambda at: times.relative(at, current.get().now, current.get().t),
        "remaining": lambda at: times.remaining(at, current.get().now, current.get().t),
        "span": lambda seconds: times.span(seconds, current.get().t),
        "exact": lambda at: times.exact(at, current.get().t),
        "setting": _setting,
        "language_url": _language_url,
        "is_here": lambda path: current.get().request.url.path == path,
    }


class _CurrentWords:
    """`t` in templates: the words of the page being rendered."""

    def __call__(self, key: str, /, **values: Any) -> str:
        return current.get().t(key, **values)

    def has(self, key: str) -> bool:
        return current.get().t.has(key)

    @property
    def language(self) -> str:
        return current.get().t.language


def now_of(request: Request) -> datetime:
    clock: Clock | None = getattr(request.app.state, "clock", None)
    return clock.now() if clock else Clock.wall()


def _setting(name: str, default: Any = None) -> Any:
    """A setting of this service that pages show: `hotline`, `simulator`."""
    return getattr(getattr(current.get().request.app.state, "settings", None), name, default)


def _language_url(language: str) -> Markup:
    """This page's own address in another language."""
    query = current.get().request.url.include_query_params(lang=language).query
    return Markup.escape(f"{current.get().request.url.path}?{query}")
