"""Signed slips that pages hand out, so that no address holds personal data and no form gives away another's code."""

from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer

RECEIPT_AGE_S = 24 * 3600
JOIN_AGE_S = 3600


class Receipts:
    """`issue`: "I sent this request". `join`: "the open request of this number", without its code."""

    def __init__(self, secret_key: str) -> None:
        self._sent = URLSafeTimedSerializer(secret_key, salt="intake.sent")
        self._join = URLSafeTimedSerializer(secret_key, salt="intake.join")

    def issue(self, request_id: UUID) -> str:
        return self._sent.dumps(request_id.hex)

    def read(self, text: str) -> UUID | None:
        """The id of the request that was sent; None where the slip is not ours or too old."""
        return _read(self._sent, text, RECEIPT_AGE_S)

    def join(self, request_id: UUID) -> str:
        return self._join.dumps(request_id.hex)

    def read_join(self, text: str) -> UUID | None:
        """The id of the request that is added to; None where the slip is not ours or too old."""
        return _read(self._join, text, JOIN_AGE_S)


def _read(signer: URLSafeTimedSerializer, text: str, age_s: int) -> UUID | None:
    try:
        return UUID(signer.loads(text, max_age=age_s))
    except (BadData, ValueError, TypeError, AttributeError):
        return None
