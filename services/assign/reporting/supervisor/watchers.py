"""Who may look at the supervisor's pages."""

from typing import Annotated

from fastapi import Depends

from shared.identity import Principal, Role
from shared.web.asking import Somebody

WATCHERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


def a_watcher(somebody: Somebody) -> Principal | None:
    """The supervisor or administrator who asks; None for everybody else."""
    return somebody if somebody and somebody.role in WATCHERS else None


Watcher = Annotated[Principal | None, Depends(a_watcher)]
