"""One stack for all tests here; it takes a minute to build and start."""

import os
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException

from tests.support.stack import Stack


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """A Docker engine that answers. In CI its absence is a failure, nothing is skipped for it."""
    try:
        docker.from_env(timeout=10).ping()
    except DockerException as error:
        sentence = f"No Docker engine answers ({error}). Run tests/support/images/make.sh"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)


@pytest.fixture(scope="session")
def stack(engine: None, run_folder: Path) -> Iterator[Stack]:
    folder = run_folder / "stack"
    folder.mkdir()
    stack = Stack(folder)
    stack.make_secrets()
    stack.compose("build", "-q")
    try:
        stack.up()
        yield stack
    finally:
        stack.end()
