"""What somebody may see. Checked on every read and every change; what one may not see does not exist (404)."""

from collections.abc import Sequence

from shared.identity.principal import Principal, Role

EVERYWHERE = frozenset({Role.ADMINISTRATOR, Role.OPERATOR, Role.SYSTEM})


def holds_unit(principal: Principal, unit_path: Sequence[str]) -> bool:
    """Whether a unit (codes from the province down) is the supervisor's own or below it; others have no units."""
    if principal.role in EVERYWHERE:
        return True
    return principal.role is Role.SUPERVISOR and principal.unit in unit_path


def may_see(principal: Principal, unit_path: Sequence[str], teams: Sequence[str] = ()) -> bool:
    """A ticket: by territory, or because one's own team holds it or was asked."""
    if principal.role is Role.MEMBER:
        return principal.team is not None and principal.team in teams
    return holds_unit(principal, unit_path)
