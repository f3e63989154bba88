"""The files that containers are started from say what the code needs: who comes to need more must write it there."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from deploy.local.postgres import SERVICES
from shared.events import PUBLISHERS, SUBJECTS
from shared.service import Service
from shared.settings import Settings
from tests.support.containers import NATS, POSTGRES

PROJECT = Path(__file__).parents[3]
BUS = (PROJECT / "deploy/nats/nats.conf").read_text()
COMPOSE = (PROJECT / "docker-compose.yml").read_text()


def service(name: str) -> Service:
    nowhere = f"postgresql+asyncpg://{name}@127.0.0.1:1/{name}"
    return import_module(f"services.{name}.app").build(
        Settings(database_url=nowhere, secret_key="only for this test", simulator=True)
    )


def needed(name: str) -> set[str]:
    """What a service publishes to: events, what its streams and consumers are asked for, calls to its like."""
    makes = [stream for stream, publisher in PUBLISHERS.items() if publisher == name]
    takes = {listener.stream: listener.durable for listener in service(name).bus.listeners.values()}
    return {
        f"relay.{name}",
        *(subject for stream in makes for subject in SUBJECTS[stream]),
        *(f"$JS.API.STREAM.{what}.{made}" for made in makes for what in ("CREATE", "UPDATE", "INFO", "MSG.GET")),
        *(
            f"$JS.API.CONSUMER.{what}.{stream}.{durable}"
            for stream, durable in takes.items()
            for what in ("CREATE", "INFO", "DELETE", "MSG.NEXT")
        ),
        *(f"$JS.ACK.{stream}.{durable}.>" for stream, durable in takes.items()),
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_services_rights_on_the_bus_are_what_its_code_needs(name: str) -> None:
    [said] = re.findall(rf"user: {name}\n.*?publish: \[(.*?)\].*?subscribe: \[(.*?)\]", BUS, re.DOTALL)
    publish, subscribe = (re.findall(r'"([^"]+)"', part) for part in said)
    assert set(publish) == needed(name)
    assert set(subscribe) == {f"_INBOX_{name}.>", f"relay.{name}"}


def test_containers_in_tests_are_of_the_images_that_are_started() -> None:
    assert f"image: {POSTGRES}\n" in COMPOSE
    assert f"ARG NATS={NATS}\n" in (PROJECT / "deploy/images/nats/Dockerfile").read_text()


def test_the_rooms_that_run_on_both_kinds_of_servers_are_there() -> None:
    [rooms] = re.findall(r"^SERVER_ROOMS := ((?:.*\\\n)*.*)", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    named = rooms.replace("\\", " ").split()
    assert len(named) > 5 and [room for room in named if not (PROJECT / room).exists()] == []


def test_every_secret_but_the_networks_own_is_made_by_the_script() -> None:
    script = (PROJECT / "deploy/secrets/make.sh").read_text()
    asked = set(re.findall(r"file: ./deploy/secrets/(\w+)", COMPOSE)) - {"kannel_smpp_username", "kannel_smpp_password"}
    made = script.replace("$service", "intake").replace("${service}", "intake")
    wanted = {name.replace("assign", "intake").replace("notify", "intake") for name in asked}
    assert [name for name in wanted if name not in made] == []
