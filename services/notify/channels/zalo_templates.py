"""Which of our alerts have a template registered with Zalo, and what stands in it.

`ZALO_TEMPLATES` names a TOML file, a table for each alert by its key in `alerts/texts.toml`:

    [offered]
    id = "301234"
    params.viec = { slot = "n", most = 10 }
    params.noi = { slot = "place", most = 40, required = false }
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from services.notify.alerts import texts
from shared.settings import SettingsError


class Param(BaseModel):
    """One name of the template: which of our slots fills it, and how long Zalo lets it be (`maxLength`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slot: str
    most: int = Field(default=30, ge=1, le=400)
    required: bool = True


class Template(BaseModel):
    """One registered template."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^\d+$")
    params: dict[str, Param] = Field(default_factory=dict)


class Unfit(Exception):
    """A text that the template cannot hold; names of its parameters, no values."""


class _File(RootModel[dict[str, Template]]):
    pass


def load_templates(file: Path | None) -> Mapping[str, Template]:
    """By our alert's key. Raises SettingsError: no such file, alert or slot."""
    if file is None:
        return {}
    try:
        templates = _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).root
    except (OSError, ValueError, ValidationError) as error:
        raise SettingsError(f"Settings are wrong. ZALO_TEMPLATES: {file.name} cannot be read: {error}") from None
    known = set(texts.every_key())
    for key, template in templates.items():
        if key not in known:
            raise SettingsError(f"Settings are wrong. ZALO_TEMPLATES: there is no alert {key!r}.")
        if wrong := {param.slot for param in template.params.values()} - texts.slots(key):
            raise SettingsError(f"Settings are wrong. ZALO_TEMPLATES: {key} has no slot {sorted(wrong)[0]!r}.")
    return templates


def fill(template: Template, slots: Mapping[str, str]) -> dict[str, str]:
    """`template_data`. Raises Unfit: Zalo would refuse it, and count that against us."""
    data = {name: slots.get(param.slot, "").strip() for name, param in template.params.items()}
    missing = sorted(name for name, param in template.params.items() if param.required and not data[name])
    if missing:
        raise Unfit(f"missing {', '.join(missing)}")
    long = sorted(name for name, param in template.params.items() if len(data[name]) > param.most)
    if long:
        raise Unfit(f"too long {', '.join(long)}")
    return data
