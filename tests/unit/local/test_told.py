"""In a container the commands know what the service is told: files in SECRETS_DIR, and the neighbours' addresses."""

from pathlib import Path

import pytest

from deploy.cli.healthy import healthy
from deploy.cli.migrate import migrate
from deploy.cli.token import TokenWish, token
from deploy.local.failures import CannotStart
from deploy.local.ports import free_port
from shared.identity import Role, Tokens

KEY = "a key that only this test knows"


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of secrets, and no installation on this machine."""
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("CAUNOI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SECRET_KEY", raising=False)
    return tmp_path


def test_a_token_is_signed_with_the_key_that_the_services_were_told(told: Path) -> None:
    (told / "secret_key").write_text(KEY)
    principal = Tokens(KEY).read(token(TokenWish("supervisor", unit="66")))
    assert principal and (principal.role, principal.unit) == (Role.SUPERVISOR, "66")


def test_migrations_name_the_secret_that_is_missing(told: Path) -> None:
    (told / "intake_database_url").write_text("postgresql+asyncpg://intake@postgres/intake")
    (told / "assign_database_url").write_text("")
    with pytest.raises(CannotStart, match="The secret assign_database_url is missing"):
        migrate(lambda _: None)


def test_a_service_that_does_not_answer_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", str(free_port()))
    with pytest.raises(CannotStart, match="assign: It does not answer"):
        healthy("assign")
