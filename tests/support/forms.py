"""Reads a page's forms as a browser without scripts would: what stands in each field, what each button sends."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """One form: its address, what it would send now, its buttons as (name, value), what its lists offer."""

    action: str = ""
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(facts.get("action", ""), facts.get("method", "get")))
        elif self.forms:
            self._field(tag, facts, self.forms[-1])

    def _field(self, tag: str, facts: dict[str, str], form: Form) -> None:
        name = facts.get("name", "")
        if tag == "select":
            self._select = name
            form.options[name] = []
            form.values[name] = ""
        elif tag == "option" and self._select:
            form.options[self._select].append(facts.get("value", ""))
            if "selected" in facts:
                form.values[self._select] = facts.get("value", "")
        elif tag == "textarea":
            self._area = name
            form.values[name] = ""
        elif tag == "button" and facts.get("type") == "submit":
            form.buttons.append((name, facts.get("value", "")))
        elif tag == "input" and name:
            self._input(facts, name, form)

    def _input(self, facts: dict[str, str], name: str, form: Form) -> None:
        if facts.get("type") in ("radio", "checkbox"):
            form.options.setdefault(name, []).append(facts.get("value", ""))
            if "checked" not in facts:
                return
        form.values[name] = facts.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].values[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


def forms_of(page: str) -> list[Form]:
    """Every form of the page, in order."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def form_to(page: str, action: str) -> Form:
    """The form that is sent to `action`."""
    return next(form for form in forms_of(page) if form.action == action)
