"""Forms: a one-time nonce where there is no cookie, and no posts from other sites where there is one."""

import secrets
from urllib.parse import urlsplit

from fastapi import Request
from itsdangerous import BadSignature, TimestampSigner

from shared.web.problems import Problem

NONCE_AGE_S = 12 * 3600


class Nonces:
    """Signed random ids that a page hands out. The store makes one-time of them: the same id is the same request."""

    def __init__(self, secret_key: str, age_s: int = NONCE_AGE_S) -> None:
        self._signer = TimestampSigner(secret_key, salt="form-nonce")
        self._age_s = age_s

    def new(self) -> str:
        """A nonce for a form's hidden field."""
        return self._signer.sign(secrets.token_urlsafe(15)).decode()

    def read(self, text: str) -> str | None:
        """The id in a nonce of ours that is not too old (by real time), else None."""
        try:
            return self._signer.unsign(text.encode("utf-8", "replace"), max_age=self._age_s).decode()
        except BadSignature:
            return None


def same_origin(request: Request) -> None:
    """A dependency for what a session's cookie may change: Problem 403 where another site sent it.

    Browsers tell by `Sec-Fetch-Site`, older ones by `Origin`; a program sends neither and holds no one's cookies.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site = request.headers.get("sec-fetch-site")
    if site in ("same-origin", "none"):
        return
    origin = request.headers.get("origin")
    if site is not None or (origin is not None and not _is_ours(origin, request)):
        raise Problem(403)


def _is_ours(origin: str, request: Request) -> bool:
    settings = getattr(request.app.state, "settings", None)
    ours = {request.headers.get("host", "")}
    if settings is not None:
        ours.add(urlsplit(settings.public_url).netloc)
    return urlsplit(origin).netloc in ours
