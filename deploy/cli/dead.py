"""`caunoi dead`: messages that could not be handled. Read from the stores, so that it works while services are down."""

import json
import re
from collections.abc import Callable
from typing import Any

from deploy.cli.running import Running, running_installation
from deploy.local.failures import CannotStart
from deploy.local.postgres import SERVICES

Letter = dict[str, Any]

_LIST = """
select coalesce(json_agg(letter order by letter.died_at), '[]') from (
  select id, consumer, event_id, subject, about, reason, deliveries, died_at
  from dead_letter where retried_at is null order by died_at limit 1000) letter
"""
_SHOW = """
select row_to_json(letter) from (
  select id, consumer, event_id, subject, about, reason, deliveries, died_at, retried_at, headers,
         encode(body, 'escape') as body
  from dead_letter where id = '{id}') letter
"""


def letters(running: Running) -> list[Letter]:
    """Those nobody retried yet, of all services, oldest first; each with its `service`."""
    found: list[Letter] = []
    for service in SERVICES:
        rows = json.loads(running.postgres.run_sql(_LIST, service))
        found += [{"service": service, **row} for row in rows]
    return sorted(found, key=lambda letter: letter["died_at"])


def list_dead(as_json: bool, say: Callable[[str], None]) -> None:
    found = letters(running_installation())
    if as_json:
        say(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for letter in found:
        say(f"{letter['id']}  {letter['died_at'][:19]}  {letter['consumer']}  {letter['subject']}  {letter['reason']}")
    say(
        f"{len(found)} dead letters." + (" Look: caunoi dead show ID; try again: caunoi dead retry ID" if found else "")
    )


def show_dead(id: str, say: Callable[[str], None]) -> None:
    _, letter = _find(running_installation(), id)
    say(json.dumps(letter, ensure_ascii=False, indent=2))


def retry_dead(id: str, say: Callable[[str], None]) -> None:
    running = running_installation()
    service, letter = _find(running, id)
    answer = running.client(service, running.administrator()).post(f"/operations/dead/{letter['id']}/retry")
    if answer.status == 0:
        raise CannotStart(f"{service} does not answer. See: caunoi doctor")
    if answer.status != 200:
        _, letter = _find(running, id)
        raise CannotStart(f"It failed again and stays among the dead letters: {letter['reason']}")
    say(f"{letter['consumer']} has handled {letter['subject']}.")


def _find(running: Running, id: str) -> tuple[str, Letter]:
    """The service and the letter. Raises `CannotStart` for an unknown id."""
    if re.fullmatch(r"[0-9a-fA-F-]{32,36}", id):
        for service in SERVICES:
            found = running.postgres.run_sql(_SHOW.format(id=id), service)
            if found:
                return service, {"service": service, **json.loads(found)}
    raise CannotStart(f"There is no dead letter {id}. See: caunoi dead list")
