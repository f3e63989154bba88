"""Who is asking, and what they may see."""

from shared.identity.principal import Principal, Role
from shared.identity.territory import holds_unit, may_see
from shared.identity.tokens import SESSION_COOKIE, SignedIn, Somebody, Tokens, has_role, principal_of, signed_in

__all__ = [
    "SESSION_COOKIE",
    "Principal",
    "Role",
    "SignedIn",
    "Somebody",
    "Tokens",
    "has_role",
    "holds_unit",
    "may_see",
    "principal_of",
    "signed_in",
]
