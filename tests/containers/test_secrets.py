"""2.6: secrets are files, none has a default, none is in the image; a missing one stops the start with a sentence."""

import subprocess
from pathlib import Path

import pytest

from tests.support.stack import PROJECT, Stack, run_image

pytestmark = [pytest.mark.containers, pytest.mark.slow]


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize("service", ["intake", "assign", "notify"])
def test_a_service_without_secrets_says_which_are_missing(service: str) -> None:
    code, said = run_image("run", service, environment={"SECRETS_DIR": "/usr/local/bin"})
    assert code == 1
    assert said.startswith("Settings are wrong.") and "DATABASE_URL: Field required" in said
    assert "SECRET_KEY: Field required" in said


@pytest.mark.usefixtures("stack")
def test_a_folder_of_secrets_that_is_not_there_is_named() -> None:
    code, said = run_image("run", "intake", environment={"SECRETS_DIR": "/run/secrets"})
    assert (code, said.strip()) == (1, "Settings are wrong. SECRETS_DIR: there is no folder /run/secrets.")


@pytest.mark.usefixtures("stack")
def test_migrations_without_secrets_say_which_is_missing() -> None:
    code, said = run_image("migrate", environment={"SECRETS_DIR": "/run/secrets"})
    assert (code, said.strip()) == (
        1,
        "The secret intake_database_url is missing. Run deploy/secrets/make.sh, then start again.",
    )


@pytest.mark.usefixtures("stack")
def test_the_image_holds_no_secret() -> None:
    code, said = run_image("migrate", environment={"SECRETS_DIR": "/app/deploy/secrets"})
    assert code == 1 and "is missing" in said


def test_a_stack_without_its_secrets_does_not_become_ready(stack: Stack, tmp_path: Path) -> None:
    """Compose 2 refuses the start itself; Debian's warns, and the containers say what they miss."""
    bare = Stack(tmp_path)
    try:
        said = bare.compose("up", "--no-build", "migrations", check=False, patience_s=120)
    finally:
        bare.end()
    assert "secret" in said.lower() and "postgres_password" in said, said


def test_secrets_are_made_once_and_differ(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    (first / "secret_key").mkdir(parents=True)  # as an engine leaves it that was started without secrets
    for folder in (first, second, second):
        folder.mkdir(exist_ok=True)
        before = {} if folder == first else {file.name: file.read_text() for file in folder.iterdir()}
        subprocess.run(("sh", str(PROJECT / "deploy/secrets/make.sh"), str(folder)), check=True)
        assert before.items() <= {file.name: file.read_text() for file in folder.iterdir()}.items()
    assert first.stat().st_mode & 0o777 == 0o700
    values = [file.read_text() for folder in (first, second) for file in folder.iterdir()]
    assert all(len(value) >= 48 for value in values) and len(set(values)) == len(values)
