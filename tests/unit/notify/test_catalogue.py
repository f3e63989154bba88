"""Promise 2.4: every text can be handed to the networks for registration."""

import csv
import io
import json

from deploy.cli.templates import export_templates
from services.notify.alerts import texts
from services.notify.alerts.catalogue import MANNERS, templates


def test_every_text_is_exported_in_each_manner_with_an_example() -> None:
    found = list(templates())
    assert {(one.key, one.manner) for one in found} == {(key, how) for key in texts.every_key() for how in MANNERS}
    assert all("{" not in one.example and one.longest >= len(one.example) for one in found)
    assert all(one.encoding == "gsm7" for one in found if one.manner == "sms")


def test_csv_and_json_say_the_same() -> None:
    said: list[str] = []
    export_templates(False, said.append)
    export_templates(True, said.append)
    rows, objects = list(csv.DictReader(io.StringIO(said[0]))), json.loads(said[1])
    assert [row["text"] for row in rows] == [one["text"] for one in objects]
    assert {"key", "manner", "text", "slots", "example", "longest", "encoding", "parts"} == set(rows[0])
