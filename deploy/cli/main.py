"""The `caunoi` command. What is not needed is not imported: `run` is a service's start, and every MB counts there."""

import errno
import sys
from collections.abc import Callable
from typing import NoReturn

REFUSED = 1


def main() -> None:
    """Exit 0 done, 1 refused with a sentence, 2 wrong usage."""
    refusing(lambda: _run(sys.argv[1:]))


def refusing(work: Callable[[], None]) -> None:
    """Do it; where it cannot be done, say why in a sentence and exit with 1."""
    try:
        work()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(REFUSED)
    except OSError as error:
        _refuse_system(error)
    except Exception as error:
        _refuse_known(error)


def _run(words: list[str]) -> None:
    if len(words) == 2 and words[0] == "run" and not words[1].startswith("-"):
        from deploy.cli.run import run

        run(words[1])
    elif len(words) == 2 and words[0] == "healthy" and not words[1].startswith("-"):
        from deploy.cli.healthy import healthy

        healthy(words[1])
    else:
        from deploy.cli.app import app

        app(prog_name="caunoi")


def _refuse_known(error: Exception) -> NoReturn:
    """A sentence where the error is one; else a traceback, for it is a defect of ours."""
    from deploy.local.failures import CannotStart

    if isinstance(error, CannotStart):
        _refuse(str(error), error.code)
    if type(error).__name__ == "SettingsError":  # by name: to import it would load all of pydantic
        _refuse(str(error))
    raise error


def _refuse_system(error: OSError) -> NoReturn:
    if error.errno == errno.ENOSPC:
        _refuse("The disk is full. Free some room, or set CAUNOI_HOME to a folder on another disk.")
    if error.errno in {errno.EACCES, errno.EROFS}:
        _refuse(f"{error.filename} cannot be written ({error.strerror}). Set CAUNOI_HOME to a folder of yours.")
    raise error


def _refuse(sentence: str, code: int = REFUSED) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(code)
