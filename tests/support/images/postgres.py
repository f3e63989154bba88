"""The stand-in's entry, as the public image's is: makes the cluster once, runs what lies in the init folder, serves.

POSTGRES_USER, POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE, POSTGRES_DB, PGDATA. Whoever it runs as must own PGDATA.
"""

import os
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path("/docker-entrypoint-initdb.d")
SOCKETS = "/var/run/postgresql"


def main() -> None:
    data = Path(os.environ.get("PGDATA", "/var/lib/postgresql/18/docker"))
    if os.geteuid() == 0:
        become_postgres(data)
    if not (data / "PG_VERSION").exists():
        make_cluster(data)
    words = sys.argv[1:]
    words = words[1:] if words[:1] == ["postgres"] else words
    os.execvp("postgres", ["postgres", "-D", str(data), "-c", "listen_addresses=*", "-k", SOCKETS, *words])  # noqa: S606


def become_postgres(data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    run("chown", "-R", "70:70", str(data))
    os.setgroups([])
    os.setgid(70)
    os.setuid(70)


def make_cluster(data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    user = os.environ.get("POSTGRES_USER", "postgres")
    database = os.environ.get("POSTGRES_DB", user)
    password = Path(SOCKETS) / "password"
    password.touch(mode=0o600)
    password.write_text(told_password())
    run("initdb", "-D", str(data), "-U", user, f"--pwfile={password}", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    password.unlink()
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all all scram-sha-256\n")
    run("pg_ctl", "-D", str(data), "-w", "-o", f"-c listen_addresses='' -k {SOCKETS}", "start")
    if database != "postgres":
        run("createdb", "-h", SOCKETS, "-U", user, database)
    for script in sorted(SCRIPTS.glob("*.sql")):
        run("psql", "-h", SOCKETS, "-U", user, "-d", database, "-v", "ON_ERROR_STOP=1", "-f", str(script))
    run("pg_ctl", "-D", str(data), "-w", "stop")


def told_password() -> str:
    file = os.environ.get("POSTGRES_PASSWORD_FILE")
    password = Path(file).read_text().strip() if file else os.environ.get("POSTGRES_PASSWORD", "")
    if not password:
        sys.exit("Error: Database is uninitialized and superuser password is not specified.")
    return password


def run(*words: str) -> None:
    """As a start would: what it says goes to the container's log, a failure ends the container."""
    done = subprocess.run(words, stdout=subprocess.DEVNULL, check=False, cwd=SOCKETS)
    if done.returncode != 0:
        sys.exit(f"{words[0]} failed with {done.returncode}")


if __name__ == "__main__":
    main()
