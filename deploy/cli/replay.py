"""`caunoi replay`: wind consumers back, after a store was set back to an older day."""

from collections.abc import Callable
from datetime import UTC
from urllib.parse import quote

from deploy.cli.running import running_installation
from deploy.cli.times import moment
from deploy.local.failures import CannotStart


def replay(since: str | None, say: Callable[[str], None]) -> None:
    """Every service takes the others' events from `since` (real time) again; inboxes keep what was done once."""
    running = running_installation()
    query = f"?since={quote(moment(since).astimezone(UTC).isoformat())}" if since else ""
    for service, client in running.clients(running.administrator()).items():
        answer = client.post(f"/operations/replay{query}")
        if answer.status != 200:
            raise CannotStart(f"{service} did not wind back (status {answer.status}). See: caunoi doctor")
        say(f"{service}: takes again what was published since {since or 'the beginning'}.")
