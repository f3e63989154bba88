"""Settings by environment. A wrong value stops the start and names itself.

Secrets may come as files instead: `SECRETS_DIR` names a folder with a file for each, `secret_key`, `kannel_password` …
"""

import os
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A sentence for the person who starts the service."""


class _Told(BaseSettings):
    """Anything that is told by environment or by files."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)


S = TypeVar("S", bound=_Told)


class ChannelSettings(_Told):
    """What one channel must be told. A subclass sets `model_config = SettingsConfigDict(env_prefix="KANNEL_")`."""


class Settings(_Told):
    """What a service must be told. Names in the environment are these names in capitals."""

    database_url: str = Field(description="postgresql+asyncpg://… of this service's own database")
    nats_url: str = Field(default="nats://127.0.0.1:4222")
    secret_key: str = Field(min_length=16, description="signs tokens, sessions and nonces; the same for all three")
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=0, ge=0, le=65535)
    public_url: str = Field(default="http://127.0.0.1:8000", description="the one address, without a slash at its end")
    intake_url: str = "http://127.0.0.1:8001"
    assign_url: str = "http://127.0.0.1:8002"
    notify_url: str = "http://127.0.0.1:8003"

    caunoi_home: Path = Path(".caunoi")
    clock_file: Path | None = None
    simulator: bool = Field(
        default=False, description="phones are simulated, the clock can be set; never in a province"
    )
    sample: str | None = Field(default=None, description="`dak_lak` loads the sample province into an empty store")

    database_pool: int = Field(default=8, ge=1, le=100)
    batch: int = Field(default=100, ge=1, le=1000, description="events handled in one transaction at most")
    delivery_limit: int = Field(
        default=8, ge=1, description="after that many deliveries a message goes to the dead letters"
    )
    retry_delay_s: float = Field(default=1.0, gt=0, description="the first nak's delay; it doubles")
    watch_s: float = Field(default=1.0, gt=0)
    hotline: str = "1022"
    sms_number: str = "8077"
    sms_diacritics: bool = False
    offer_rest_after_s: int = Field(
        default=600, ge=0, description="silence after which more members of a team are told of an offer"
    )
    offer_rest_most: int = Field(
        default=3, ge=0, le=20, description="how many more; each is a text to pay. Of an urgent one all are told"
    )
    channels: str = Field(
        default="", description="ways out, first choice first: kannel,zalo; each has its own settings"
    )
    webhook_url: str | None = None
    webhook_secret: str | None = Field(
        default=None, description="whsec_…; during a change the new key and the old one, a space between"
    )
    webhook_allow: str = Field(
        default="", description="networks of one's own house that may be called: 192.168.7.0/24,fd12::/16"
    )

    log_format: str = Field(default="auto", pattern="^(auto|json|pretty)$")
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")

    @field_validator("database_url")
    @classmethod
    def _asyncpg(cls, url: str) -> str:
        if not url.startswith("postgresql+asyncpg://"):
            raise ValueError("must start with postgresql+asyncpg://")
        return url

    @field_validator("public_url", "intake_url", "assign_url", "notify_url")
    @classmethod
    def _no_slash(cls, url: str) -> str:
        return url.rstrip("/")


def load_settings() -> Settings:
    """Read the environment; raise `SettingsError` naming each wrong variable."""
    return load(Settings)


def load(kind: type[S]) -> S:
    """Settings of any kind; raise `SettingsError` naming each wrong variable."""
    prefix, secrets = kind.model_config.get("env_prefix", ""), os.environ.get("SECRETS_DIR")
    if secrets and not Path(secrets).is_dir():
        raise SettingsError(f"Settings are wrong. SECRETS_DIR: there is no folder {secrets}.")
    try:
        return kind(_secrets_dir=secrets)  # pyright: ignore[reportCallIssue]  (the rest is found)
    except ValidationError as error:
        wrong = [f"{prefix}{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("Settings are wrong. " + "; ".join(wrong)) from None
