"""`caunoi templates export`: every text that leaves the house, for registration with the networks."""

import csv
import io
import json
from collections.abc import Callable


def export_templates(as_json: bool, say: Callable[[str], None]) -> None:
    """As CSV with a heading, or as JSON."""
    from services.notify.alerts.catalogue import rows

    found = rows()
    if as_json:
        say(json.dumps(found, ensure_ascii=False, indent=2))
        return
    written = io.StringIO()
    writer = csv.DictWriter(written, fieldnames=list(found[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    say(written.getvalue().rstrip("\n"))
