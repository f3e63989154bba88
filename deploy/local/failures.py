"""Why something cannot be started here, as one sentence for the person at the terminal."""


class CannotStart(Exception):
    """What happened and what to do now; shown as it is, with exit code 1."""
