"""Who is asking, and what they may see. How a request says it: `shared.web.asking`."""

from shared.identity.principal import Principal, Role
from shared.identity.territory import holds_unit, may_see
from shared.identity.tokens import SESSION_COOKIE, Tokens

__all__ = ["SESSION_COOKIE", "Principal", "Role", "Tokens", "holds_unit", "may_see"]
