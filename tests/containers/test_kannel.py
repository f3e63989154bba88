"""2.6: the profile `sms` adds Kannel, which notify and nobody else reaches."""

from collections.abc import Iterator

import pytest

from tests.support.house import wait_until
from tests.support.stack import Stack

pytestmark = [pytest.mark.containers, pytest.mark.slow]
BOXES = ("bearerbox", "smsbox")
ASK = """
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(sys.argv[1], timeout=5)
except urllib.error.HTTPError as error:
    print(error.code)
except OSError as error:
    print("away", error)
"""


@pytest.fixture(scope="module")
def sms(stack: Stack) -> Iterator[Stack]:
    """The stack with Kannel, whose message centre is one that only listens."""
    stack.use_kannel()
    yield stack
    stack.compose("--profile", "sms", "rm", "-f", "-s", *BOXES)


def test_notify_reaches_kannel_which_asks_for_its_password(sms: Stack) -> None:
    wait_until(lambda: _asked_by("notify", sms) == "403", 30, lambda: _asked_by("notify", sms) + sms.log("smsbox"))


@pytest.mark.parametrize("service", ["intake", "assign"])
def test_nobody_else_finds_it(sms: Stack, service: str) -> None:
    assert _asked_by(service, sms).startswith("away")


@pytest.mark.parametrize("box", BOXES)
def test_a_killed_box_comes_back(sms: Stack, box: str) -> None:
    sms.kill(box)
    wait_until(lambda: _asked_by("notify", sms) == "403", 60, lambda: sms.log(box))


@pytest.mark.parametrize("box", BOXES)
def test_neither_box_is_root_and_its_root_file_system_is_closed(sms: Stack, box: str) -> None:
    assert all(process.uids().effective != 0 for process in sms.processes(box))
    code, said = sms.run(box, "touch", "/written")
    assert code != 0 and "Read-only file system" in said


@pytest.mark.usefixtures("sms")
def test_kannel_says_no_secret(sms: Stack) -> None:
    said = "".join(sms.log(box) for box in BOXES)
    names = ("kannel_username", "kannel_password", "kannel_status_password", "kannel_hook_secret")
    assert [name for name in names if sms.secret(name) in said] == []


def _asked_by(service: str, stack: Stack) -> str:
    """What sendsms answers to somebody without a password: its status, or `away`."""
    url = "http://smsbox:13013/cgi-bin/sendsms"
    code, said = stack.run(service, "/app/.venv/bin/python", "-c", ASK, url)
    assert code == 0, said
    return said
