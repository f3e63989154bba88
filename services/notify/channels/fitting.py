"""Which channels this installation has, and what each brings with it: routes, a life of its own, a check.

`CHANNELS=zalo,kannel` names them, first choice first; each reads its own settings (`KANNEL_URL` …) and is imported only
where it is named.
"""

import importlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter

from services.notify.channels.channel import Channel
from services.notify.channels.inbound import Inbound
from shared.service import Service
from shared.settings import Settings, SettingsError

MODULES = (
    "simulator",
    "webhook",
    "kannel",
    "smpp",
    "telegram",
    "esms",
    "speedsms",
    "zalo",
    "zalo_bot",
    "email",
)
"""Each is a file of this folder with a function `fit(fitting) -> Fitted`."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a channel works, as far as it can be asked: a key of `words.toml`, `[channels.health]`, and details."""

    state: Literal["well", "ailing", "down", "unknown"]
    details: str = ""
    """For an engineer; no numbers, names or keys in it."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """What a channel may use of the house."""

    service: Service
    inbound: Inbound

    @property
    def settings(self) -> Settings:
        return self.service.settings


async def _unknown() -> Health:
    return Health("unknown")


@dataclass(frozen=True, slots=True)
class Fitted:
    """A channel, ready to use."""

    channel: Channel
    routes: APIRouter | None = None
    """Its own addresses under `/hooks/<name>`."""
    start: Callable[[], Awaitable[None]] | None = None
    """Called once the store is migrated."""
    stop: Callable[[], Awaitable[None]] | None = None
    check: Callable[[], Awaitable[Health]] = _unknown
    """Asks the other side; sends nothing to anybody."""


def ways_out(settings: Settings) -> tuple[str, ...]:
    """Names of this installation's channels, first choice first."""
    named = [name.strip() for name in settings.channels.split(",") if name.strip()]
    if settings.simulator and "simulator" not in named:
        named.append("simulator")
    if settings.webhook_url and "webhook" not in named:
        named.append("webhook")
    if unknown := [name for name in named if name not in MODULES]:
        raise SettingsError(
            f"Settings are wrong. CHANNELS: there is no {unknown[0]!r}; there are {', '.join(MODULES)}."
        )
    if not named:
        raise SettingsError("Settings are wrong. Nobody can be told: set CHANNELS, SIMULATOR or WEBHOOK_URL.")
    return tuple(dict.fromkeys(named))


def first_choices(settings: Settings) -> tuple[str, ...]:
    """Ways out for everybody who prefers none: those that are named; else the first that there is."""
    names = ways_out(settings)
    return names[: max(1, len([name for name in settings.channels.split(",") if name.strip()]))]


def fit_all(service: Service, inbound: Inbound) -> Sequence[Fitted]:
    """Every channel that the settings name, its routes and its life tied to the service's."""
    fitting = Fitting(service, inbound)
    fitted = [_fit(name, fitting) for name in ways_out(service.settings)]
    for one in fitted:
        if one.routes:
            service.app.include_router(one.routes)
        if one.start:
            service.on_start(one.start)
        if one.stop:
            service.on_stop(one.stop)
    return fitted


def _fit(name: str, fitting: Fitting) -> Fitted:
    return importlib.import_module(f"services.notify.channels.{name}").fit(fitting)
