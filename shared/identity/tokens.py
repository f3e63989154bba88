"""Signed tokens (API) and sessions (cookie). Their age counts in real time, whatever the clock is set to."""

from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

from shared.identity.principal import Principal

TOKEN_AGE = timedelta(days=30)
SESSION_COOKIE = "caunoi_session"


class Tokens:
    """Makes and reads tokens with the installation's secret key."""

    def __init__(self, secret_key: str) -> None:
        self._signer = URLSafeTimedSerializer(secret_key, salt="caunoi.token")

    def issue(self, principal: Principal) -> str:
        return self._signer.dumps(principal.model_dump(mode="json", exclude_none=True))

    def read(self, token: str) -> Principal | None:
        """The principal, or None where the token is not ours, spoilt or too old."""
        try:
            return Principal.model_validate(self._signer.loads(token, max_age=int(TOKEN_AGE.total_seconds())))
        except (BadData, ValueError):
            return None
