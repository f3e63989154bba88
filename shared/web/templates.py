"""Pages from templates: a room's own `templates/` folder over the parts in `shared/web/components`.

    templates = Templates(Path(__file__).parent)
    return templates.render(request, "form.html", communes=communes)

A template finds `t` (words), `ui` (components), `icon`, `static_url` and the functions named in `page.py` anywhere,
in macros too. A name that nobody gave is an error, not a blank. The app's state holds `clock` and `settings`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from shared.web.languages import COOKIE, LANGUAGES, Translator, page_language, words
from shared.web.page import Page, current, helpers, now_of

_COMPONENTS = Path(__file__).parent / "components"
_YEAR_S = 365 * 24 * 3600


class Templates:
    """The templates of one room, with parts of others if it names them; the shared pages where it names none."""

    def __init__(self, *rooms: Path) -> None:
        """Each room holds `templates/` and, if it has words of its own, `words.toml`; the first is the page's own."""
        folders = [*(room / "templates" for room in rooms), _COMPONENTS]
        for room in rooms:
            if (room / "words.toml").exists():
                words.add(room / "words.toml")
        self._environment = _environment(folders)

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
        page = Page(request, Translator(page_language(request)), now_of(request))
        token = current.set(page)
        try:
            return self._environment.get_template(name).render(request=request, language=page.t.language, **values)
        finally:
            current.reset(token)


def _environment(folders: Sequence[Path]) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(helpers() | {"ui": _Components()})
    environment.filters["combined"] = lambda first, second: {**first, **second}
    return environment


class _Components:
    """`ui` in templates: every macro of `components/parts/*.html` under its name, read when the first page needs it."""

    def __getattr__(self, name: str) -> Any:
        try:
            return _macros()[name]
        except KeyError:
            raise AttributeError(name) from None


@cache
def _macros() -> dict[str, Any]:
    """One reading for all rooms of a process: it takes a fifth of a second."""
    environment = _environment([_COMPONENTS])
    found: dict[str, Any] = {}
    for file in sorted((_COMPONENTS / "parts").glob("*.html")):
        module = environment.get_template(f"parts/{file.name}").module
        found |= {name: part for name, part in vars(module).items() if not name.startswith("_")}
    return found
