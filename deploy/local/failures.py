"""Why something cannot be done here, as one sentence for the person at the terminal."""


class CannotStart(Exception):
    """What happened and what to do now; shown as it is."""

    code = 1


class WrongUsage(CannotStart):
    """The words of the command do not say what is wanted."""

    code = 2
