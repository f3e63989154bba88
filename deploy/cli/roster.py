"""`caunoi import roster`: teams and members from two CSV files."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from deploy.cli.running import running_installation
from deploy.local.failures import CannotStart

Report = dict[str, Any]
COUNTS = ("created", "changed", "unchanged", "removed")
SHAPE = (*COUNTS, "differences", "errors")
SHOWN_ERRORS = SHOWN_DIFFERENCES = 50


def import_roster(path: Path, replace: bool, yes: bool, as_json: bool, say: Callable[[str], None]) -> None:
    """Print the report; end with 1 where anything is wrong, and then nothing was changed."""
    files = _files(path)
    if replace and not yes:
        preview = _send(files, replace=True, preview=True)
        say(_readable(preview))
        if preview["errors"]:
            sys.exit(1)
        if not typer.confirm("Do that?"):
            raise CannotStart("Nothing was changed.")
    report = _send(files, replace, preview=False)
    say(json.dumps(report, ensure_ascii=False, indent=2) if as_json else _readable(report))
    if report["errors"]:
        sys.exit(1)


def _files(folder: Path) -> dict[str, bytes]:
    """What the folder has of the two tables; one alone will do."""
    found = {name: folder / f"{name}.csv" for name in ("teams", "members")}
    files = {name: file.read_bytes() for name, file in found.items() if file.is_file()}
    if not files:
        raise CannotStart(f"{folder} has no teams.csv and no members.csv. A roster is a folder with these two tables.")
    return files


def _send(files: dict[str, bytes], replace: bool, preview: bool) -> Report:
    import httpx

    running = running_installation()
    answer = httpx.post(
        f"{running.state.url('assign')}/api/v1/roster",
        params={"replace": replace, "preview": preview},
        files={name: (f"{name}.csv", content, "text/csv") for name, content in files.items()},
        headers={"authorization": f"Bearer {running.administrator()}"},
        timeout=300,
    )
    body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if "created" not in body:
        raise CannotStart(f"assign refused the roster ({answer.status_code}): {body.get('detail', answer.text[:200])}")
    return {name: value for name, value in body.items() if name in SHAPE}


def _readable(report: Report) -> str:
    lines = ["  ".join(f"{name}: {_count(report[name])}" for name in COUNTS)]
    lines += _differences(report.get("differences", []))
    errors = report["errors"]
    for error in errors[:SHOWN_ERRORS]:
        where = f"{error['table']} row {error['row']}, {error['column']}"
        lines.append(f"  {where}: {error['problem']} ({error['value']!r})")
    if len(errors) > SHOWN_ERRORS:
        lines.append(f"  … and {len(errors) - SHOWN_ERRORS} more (--json shows all)")
    if errors:
        lines.append("Nothing was changed. Correct these rows and import again.")
    return "\n".join(lines)


def _differences(found: list[dict[str, Any]]) -> list[str]:
    """One line each: what is removed, new, or other than before, and how."""
    lines = [
        f"  {each['change']} in {each['table']}: {each['name']}{_columns(each)}" for each in found[:SHOWN_DIFFERENCES]
    ]
    if len(found) > SHOWN_DIFFERENCES:
        lines.append(f"  … and {len(found) - SHOWN_DIFFERENCES} more")
    return lines


def _columns(difference: dict[str, Any]) -> str:
    changed = [f"{name} {old!r} → {new!r}" for name, (old, new) in difference.get("columns", {}).items()]
    return f" ({'; '.join(changed)})" if changed else ""


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list) else int(value)
