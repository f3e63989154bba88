"""Pages from templates: a room's own `templates/` folder over the parts in `shared/web/components`.

    templates = Templates(Path(__file__).parent)
    return templates.render(request, "form.html", communes=communes)

A template finds `t` (words), `ui` (components), `icon`, `static_url` and the functions named in `_helpers` anywhere,
in macros too. A name that nobody gave is an error, not a blank. The app's state holds `clock` and `settings`.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shared.clock import Clock
from shared.codes import spoken
from shared.web import figures, times
from shared.web.icons import icon
from shared.web.languages import COOKIE, LANGUAGES, Translator, page_language, words
from shared.web.static import has_static, static_url

_COMPONENTS = Path(__file__).parent / "components"
_YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True)
class Page:
    """What every part of the page being rendered may ask for."""

    request: Request
    t: Translator
    now: datetime


_page: ContextVar[Page] = ContextVar("page")


class Templates:
    """The templates of one room, or of the shared pages where no room is named."""

    def __init__(self, room: Path | None = None) -> None:
        """`room` is the folder that holds `templates/` and, if it has words of its own, `words.toml`."""
        folders = [_COMPONENTS] if room is None else [room / "templates", _COMPONENTS]
        if room is not None and (room / "words.toml").exists():
            words.add(room / "words.toml")
        self._environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(_helpers())
        self._environment.filters["combined"] = lambda first, second: {**first, **second}
        self._load_components()

    def render(
        self,
        request: Request,
        name: str,
        /,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """The page `name` in the reader's language; remembers a language chosen by `?lang=`."""
        body = self.text(request, name, **values)
        response = HTMLResponse(body, status, dict(headers) if headers else None)
        if (wish := request.query_params.get("lang")) in LANGUAGES:
            response.set_cookie(COOKIE, str(wish), max_age=_YEAR_S, samesite="lax", httponly=True)
        return response

    def text(self, request: Request, name: str, /, **values: Any) -> str:
        """The page as text: a part for a stream, or for a test."""
        page = Page(request, Translator(page_language(request)), _now(request))
        token = _page.set(page)
        try:
            return self._environment.get_template(name).render(request=request, language=page.t.language, **values)
        finally:
            _page.reset(token)

    def _load_components(self) -> None:
        """`ui` holds every macro of `components/parts/*.html` under its name; they find one another there too."""
        ui = SimpleNamespace()
        self._environment.globals["ui"] = ui
        for file in sorted((_COMPONENTS / "parts").glob("*.html")):
            module = self._environment.get_template(f"parts/{file.name}").module
            ui.__dict__.update({name: part for name, part in vars(module).items() if not name.startswith("_")})


def _helpers() -> dict[str, Any]:
    """What templates may call; all in the language and at the time of the page being rendered."""
    return {
        "t": _CurrentWords(),
        "icon": icon,
        "static_url": static_url,
        "has_static": has_static,
        "spoken": spoken,
        "phone": figures.phone,
        "dial": figures.dial,
        "number": lambda value, decimals=0: figures.number(value, _page.get().t.language, decimals),
        "distance": lambda metres: figures.distance(metres, _page.get().t.language),
        "percent": lambda share: figures.percent(share, _page.get().t.language),
        "now": lambda: _page.get().now,
        "moment": lambda at: times.moment(at, _page.get().now, _page.get().t),
        "before": lambda at: times.before(at, _page.get().now, _page.get().t),
        "relative": lambda at: times.relative(at, _page.get().now, _page.get().t),
        "remaining": lambda at: times.remaining(at, _page.get().now, _page.get().t),
        "span": lambda seconds: times.span(seconds, _page.get().t),
        "exact": lambda at: times.exact(at, _page.get().t),
        "setting": _setting,
        "language_url": _language_url,
        "is_here": lambda path: _page.get().request.url.path == path,
    }


class _CurrentWords:
    """`t` in templates: the words of the page being rendered."""

    def __call__(self, key: str, /, **values: Any) -> str:
        return _page.get().t(key, **values)

    def has(self, key: str) -> bool:
        return _page.get().t.has(key)

    @property
    def language(self) -> str:
        return _page.get().t.language


def _now(request: Request) -> datetime:
    clock: Clock | None = getattr(request.app.state, "clock", None)
    return clock.now() if clock else Clock.wall()


def _setting(name: str, default: Any = None) -> Any:
    """A setting of this service that pages show: `hotline`, `simulator`."""
    return getattr(getattr(_page.get().request.app.state, "settings", None), name, default)


def _language_url(language: str) -> Markup:
    """This page's own address in another language."""
    query = _page.get().request.url.include_query_params(lang=language).query
    return Markup.escape(f"{_page.get().request.url.path}?{query}")
