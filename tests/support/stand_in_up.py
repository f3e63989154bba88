"""`caunoi up` with stand-ins instead of the three services: python -m tests.support.stand_in_up PORT [--now T]"""

import sys

from deploy.cli.main import refusing
from deploy.cli.times import moment
from deploy.local.home import home_from_environment
from deploy.local.up import Wishes, up


def words(service: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tests.support.stand_in", service)


def main() -> None:
    now = moment(sys.argv[3]) if len(sys.argv) > 3 else None
    up(home_from_environment(), Wishes(int(sys.argv[1]), now, words=words), lambda line: print(line, flush=True))


if __name__ == "__main__":
    refusing(main)
