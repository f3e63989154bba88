"""Write SYNTHETIC teams, members and help requests over Vietnam's real communes.

python -m deploy.sample teams OUT_DIR                 Đắk Lắk as in 2022: 1,147 teams, 7,121 members, 13 of 15 districts
python -m deploy.sample teams OUT_DIR --teams 93524   that many teams over all 3,321 communes of 2026
python -m deploy.sample requests OUT_FILE -n 10000    help requests, one JSON object a line, spread over 30 days

Places are real; villages, people, phone numbers and texts are invented. The same --seed always gives the same files.
Phone numbers are +84 numbers of a valid mobile shape: send nothing to them.
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from deploy.sample.generate import write_requests, write_teams
from deploy.sample.roster import ROSTER_SEED


def main(words: list[str] | None = None) -> None:
    """Do what the command line says."""
    asked = _parser().parse_args(words)
    if asked.what == "teams":
        teams, members = write_teams(asked.out, asked.teams, asked.seed)
        print(f"{teams} teams, {members} members")
    else:
        print(f"{write_requests(asked.out, asked.n, asked.seed)} requests")


def _parser() -> ArgumentParser:
    parser = ArgumentParser("deploy.sample", description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["teams", "requests"])
    parser.add_argument("out", type=Path)
    parser.add_argument("--teams", type=int, help="how many teams, over the whole country")
    parser.add_argument("-n", type=int, default=10_000, help="how many requests")
    parser.add_argument(
        "--seed",
        type=int,
        default=ROSTER_SEED,
        help="for requests: varies them, always over the roster of the default seed",
    )
    return parser


if __name__ == "__main__":
    main()
