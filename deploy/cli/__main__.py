"""`python -m deploy.cli` is `caunoi`: what the supervisor calls, whatever lies on the path."""

from deploy.cli.main import main

main()
