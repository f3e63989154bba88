"""2.6 and 2.7: the house as docker-compose.yml starts it, from asking to accepted, through every container's death."""

from collections.abc import Iterator

import pytest

from tests.containers.test_bus_rights import NAME
from tests.containers.walk import Walk
from tests.support.stack import SERVICES, Stack

pytestmark = [pytest.mark.containers, pytest.mark.slow]


@pytest.fixture(scope="module")
def walk(stack: Stack) -> Iterator[Walk]:
    walk = Walk(stack)
    yield walk
    walk.close()


@pytest.fixture(scope="module")
def accepted(walk: Walk) -> str:
    """The first request, accepted; every test here asks later ones."""
    return walk.whole_way()


def test_a_request_goes_through_the_gateway_to_a_phone_and_back(walk: Walk, accepted: str) -> None:
    assert walk.state(accepted, asked=1)["status"] == "accepted"
    assert walk.state(accepted, asked=1)["team"]["name"]


@pytest.mark.usefixtures("accepted")
def test_no_service_asked_the_bus_for_more_than_it_may(stack: Stack) -> None:
    refused = [line for line in stack.log("nats").splitlines() if "Violation" in line and NAME not in line]
    assert refused == []


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize("service", SERVICES)
def test_a_killed_container_comes_back_and_requests_go_on(stack: Stack, walk: Walk, service: str) -> None:
    before = walk.ask()
    stack.kill(service)
    stack.wait_until_ready()
    walk.accept(before, *walk.told(before))


def test_down_and_up_keep_everything(stack: Stack, walk: Walk, accepted: str) -> None:
    waiting = walk.ask()
    phone, text = walk.told(waiting)
    texts, story = len(walk.messages(accepted)), walk.state(accepted, asked=1)["timeline"]
    stack.compose("down")
    stack.up()
    assert len(walk.messages(accepted)) == texts, "nobody was told twice"
    assert walk.state(accepted, asked=1)["timeline"] == story
    walk.accept(waiting, phone, text)


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_is_root_and_the_root_file_system_is_closed(stack: Stack, service: str) -> None:
    assert all(process.uids().effective != 0 for process in stack.processes(service))
    host = stack.container(service).attrs["HostConfig"]
    assert host["ReadonlyRootfs"] and not host["Privileged"]
    assert host["CapDrop"] == ["ALL"] and "no-new-privileges:true" in host["SecurityOpt"]
    assert host["CapAdd"] in (None, [], ["NET_BIND_SERVICE"]), "the gateway's image needs that one"
    code, said = stack.run(service, "touch", "/written")
    assert code != 0 and "Read-only file system" in said


@pytest.mark.parametrize("service", ["intake", "assign", "notify", "nats", "postgres"])
def test_only_the_gateway_can_be_called_from_outside(stack: Stack, service: str) -> None:
    published = stack.container(service).attrs["NetworkSettings"]["Ports"]
    assert not any(published.values())


@pytest.mark.parametrize("service", ["intake", "assign", "notify"])
def test_a_container_says_whether_its_service_is_ready(stack: Stack, service: str) -> None:
    stack.wait_until_ready()
    code, _ = stack.run(service, "caunoi", "healthy", service)
    assert code == 0
    code, said = stack.run(service, "caunoi", "healthy", "another")
    assert code == 1 and "another" in said
