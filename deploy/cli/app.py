"""The words of the `caunoi` command. Each command's work lies in its own file and is imported when it is called."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Cầu Nối: the help desk of Vietnam's community digital technology teams.",
    epilog="The data folder is .caunoi/ in the project, or CAUNOI_HOME. Exit codes: 0 done, 1 refused, 2 wrong usage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
importing = typer.Typer(no_args_is_help=True, help="Bring data in.", rich_markup_mode=None)
dead = typer.Typer(no_args_is_help=True, help="Messages that could not be handled.", rich_markup_mode=None)
app.add_typer(importing, name="import")
app.add_typer(dead, name="dead")
templates = typer.Typer(no_args_is_help=True, help="Texts that leave the house.", rich_markup_mode=None)
app.add_typer(templates, name="templates")
figures = typer.Typer(no_args_is_help=True, help="What boards and sheets say.", rich_markup_mode=None)
app.add_typer(figures, name="figures")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


class Role(StrEnum):
    """Who a token may speak as."""

    operator = "operator"
    member = "member"
    supervisor = "supervisor"
    administrator = "administrator"


@app.command()
def up(
    now: Annotated[
        str | None,
        typer.Option(
            metavar="T",
            help="Set the clock to this time, such as 2026-11-25T09:00:00+07:00 (without a zone: Vietnam's). "
            "Without it, the clock goes on as it was set last. It never goes back on kept data.",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(metavar="P", envvar="PORT", min=1, max=65535, help="The one address is 127.0.0.1:P.")
    ] = 8000,
    sync_interval: Annotated[
        str, typer.Option(envvar="SYNC_INTERVAL", help="How often the bus calls fsync: always, or a time such as 2m.")
    ] = "always",
) -> None:
    """Start everything here; Ctrl-C ends it."""
    from deploy.cli.times import moment
    from deploy.local.home import home_from_environment
    from deploy.local.up import Wishes, up

    up(home_from_environment(), Wishes(port, moment(now) if now else None, sync_interval), say)


@app.command()
def run(service: Annotated[str, typer.Argument(help="intake, assign or notify")]) -> None:
    """Run one service, as supervisor and containers do.

    It is told by environment: NATS_URL, DATABASE_URL, SECRET_KEY and the other names of shared/settings.py.
    """
    from deploy.cli.run import run

    run(service)


@app.command()
def healthy(service: Annotated[str, typer.Argument(help="intake, assign or notify")]) -> None:
    """Say whether the service that runs in this container is ready; its health check."""
    from deploy.cli.healthy import healthy

    healthy(service)


@app.command()
def ps(as_json: AsJson = False) -> None:
    """Show what runs here."""
    from deploy.cli.ps import ps

    ps(as_json, say)


@app.command(context_settings={"ignore_unknown_options": True})
def clock(to: Annotated[str, typer.Argument(metavar="+N[s|m|h|d] | TIME", help="How far, or until when.")]) -> None:
    """Move the clock of all services forward.

    What is due in between happens, in order, each thing at its own time; returns when it has. Time runs on from there.
    """
    from deploy.cli.clock import clock

    clock(to, say)


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Delete all data; it must not be running."""
    from deploy.cli.reset import reset

    reset(yes, say)


@app.command()
def migrate() -> None:
    """Bring the three databases to the newest version.

    A starting service does it for its own, too. In a container the files NAME_database_url in SECRETS_DIR say where.
    """
    from deploy.cli.migrate import migrate

    migrate(say)


@app.command()
def doctor() -> None:
    """Say what is wrong, and what to do about it."""
    from deploy.cli.doctor import doctor

    doctor(say)


@app.command()
def token(
    role: Annotated[Role, typer.Option(help="Who it speaks as.")],
    unit: Annotated[str | None, typer.Option(metavar="CODE", help="A supervisor's unit, such as 66 or 24133.")] = None,
    team: Annotated[str | None, typer.Option(metavar="CODE", help="A member's team; alone: as its leader.")] = None,
    phone: Annotated[str | None, typer.Option(metavar="N", help="A member's own number.")] = None,
) -> None:
    """Print a token for the API; it holds 30 days.

    In a container it is signed with the key that the service was told.
    """
    from deploy.cli.token import TokenWish, token

    say(token(TokenWish(role.value, unit, team, phone)))


@importing.command()
def roster(
    path: Annotated[Path, typer.Argument(help="A folder with teams.csv and members.csv.")],
    replace: Annotated[bool, typer.Option(help="Also remove what is absent from the files.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --replace: do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Teams and members from two tables: all or nothing, each bad row reported."""
    from deploy.cli.roster import import_roster

    import_roster(path, replace, yes, as_json, say)


@dead.command(name="list")
def dead_list(as_json: AsJson = False) -> None:
    """Show all that wait for somebody to look."""
    from deploy.cli.dead import list_dead

    list_dead(as_json, say)


@dead.command(name="show")
def dead_show(id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Show one with its headers, its body and the reason."""
    from deploy.cli.dead import show_dead

    show_dead(id, say)


@dead.command(name="retry")
def dead_retry(id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Try one again."""
    from deploy.cli.dead import retry_dead

    retry_dead(id, say)


class Format(StrEnum):
    """Of a list."""

    csv = "csv"
    json = "json"


@figures.command(name="rebuild")
def figures_rebuild() -> None:
    """Make every figure once more from the tickets' history, and say what had been wrong.

    The house goes on meanwhile. In a container the files NAME_database_url in SECRETS_DIR say where.
    """
    from deploy.cli.figures import rebuild_figures

    rebuild_figures(say)


@templates.command(name="export")
def templates_export(
    form: Annotated[Format, typer.Option("--format", help="csv or json.")] = Format.csv,
) -> None:
    """Print every text with its slots, an example and its longest length, for registration with the networks."""
    from deploy.cli.templates import export_templates

    export_templates(form is Format.json, say)


@app.command()
def replay(
    since: Annotated[
        str | None, typer.Option(metavar="T", help="From this real time; else from the beginning.")
    ] = None,
) -> None:
    """Let every service take the events again.

    For after a store was set back to an older day: what it has already is not done twice.
    """
    from deploy.cli.replay import replay

    replay(since, say)


@app.command()
def trace(code: Annotated[str, typer.Argument(metavar="CODE", help="Nine digits.")]) -> None:
    """Tell a ticket's whole story, from three stores."""
    from deploy.cli.trace import trace

    trace(code, say)


def say(line: str) -> None:
    """A line at once, also into a file."""
    print(line, flush=True)
