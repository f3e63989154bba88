"""Files requests: many in one transaction, each with its event, its code and the key it came with.

An answer is given only after the commit. A retry with the same key is answered with the same request.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.intake.requests.check import Checked
from services.intake.requests.masking import masked
from services.intake.requests.store import Claim, Filed, claim_keys, filed_as, filed_under, insert_requests
from shared.codes import new_code
from shared.events.requests import Promise, RequestFacts, Submitted
from shared.store import Unit, new_id

KEY_AGE = timedelta(hours=24)
NONCE_AGE = timedelta(days=14)
"""Longer than a nonce is taken, also by a clock that was moved."""
MOST_DRAWS = 20
"""Codes drawn for one request at most. With a tenth of all codes given, twenty in a row are never taken by chance."""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a retry the same request. Without a fingerprint, whatever the body says."""

    text: str
    fingerprint: bytes
    kept_until: datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """A checked request on its way into the store."""

    id: UUID
    checked: Checked
    facts: RequestFacts
    submitted_at: datetime
    response_due: datetime
    resolution_due: datetime
    correlation: str
    key: Key | None
    joins: Filed | None
    """The first request of the ticket it joins: code and targets are that one's."""
    code: str


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key belongs to a request with another body."""


class NoFreeCode(Exception):
    """Somebody has each code that was drawn: codes run out, or the drawing is broken. Nothing was filed."""

    def __init__(self) -> None:
        super().__init__(f"{MOST_DRAWS} codes drawn in a row are taken: count the requests, give codes more digits")


def prepare(
    checked: Checked, now: datetime, correlation: str, key: Key | None = None, joins: Filed | None = None
) -> Filing:
    """Give it an id, a code and its promise."""
    response_due, resolution_due = checked.promise.due(now)
    code = joins.code if joins else new_code()
    return Filing(
        id=new_id(),
        checked=checked,
        facts=facts(checked),
        submitted_at=now,
        response_due=response_due,
        resolution_due=resolution_due,
        correlation=correlation,
        key=key,
        joins=joins,
        code=code,
    )


async def file(unit: Unit, filings: Sequence[Filing]) -> Sequence[Filed | KeyReused]:
    """The work of a group commit: an outcome for each filing, in order."""
    fresh = await _fresh(unit, filings)
    filed = await _store(unit, [filing for filing in filings if filing.id in fresh])
    repeated = [filing for filing in filings if filing.id not in fresh]
    earlier = (
        await filed_under(unit.connection, [filing.key.text for filing in repeated if filing.key]) if repeated else {}
    )
    return [filed[f.id] if f.id in fresh else _repeated(f, earlier) for f in filings]


async def _fresh(unit: Unit, filings: Sequence[Filing]) -> set[UUID]:
    """Ids of the filings that are no retry: without a key, or the first to bring it."""
    claims: dict[str, Claim] = {}
    for filing in filings:
        if key := filing.key:
            claims.setdefault(key.text, Claim(key.text, key.fingerprint, filing.id, key.kept_until))
    ours: set[str] = set()
    if claims:
        ours = await claim_keys(unit, list(claims.values()), now=filings[0].submitted_at)
    return {f.id for f in filings if f.key is None or (f.key.text in ours and claims[f.key.text].request_id == f.id)}


async def _store(unit: Unit, filings: Sequence[Filing]) -> dict[UUID, Filed]:
    """Store and tell all; a code that somebody has already is drawn again. NoFreeCode where that does not help."""
    filed: dict[UUID, Filed] = {}
    left = list(filings)
    for _ in range(MOST_DRAWS):
        filed |= await _store_free(unit, left)
        left = [replace(filing, code=new_code()) for filing in left if filing.id not in filed]
        if not left:
            return filed
    raise NoFreeCode


async def _store_free(unit: Unit, filings: Sequence[Filing]) -> dict[UUID, Filed]:
    """Store and tell those whose code is free.

    One that is there by its id was filed and told by a commit whose answer was lost: it is answered as it was filed.
    """
    new = await insert_requests(unit, [_row(filing) for filing in filings]) if filings else set[UUID]()
    stored = [filing for filing in filings if filing.id in new]
    for filing in stored:
        _publish(unit, filing)
    others = [filing.id for filing in filings if filing.id not in new]
    earlier = await filed_as(unit.connection, others) if others else {}
    return earlier | {filing.id: _filed(filing) for filing in stored}


def _row(filing: Filing) -> dict[str, object]:
    facts, targets = filing.facts, filing.joins or filing
    return {
        "id": filing.id,
        "code": filing.code,
        "joined": filing.joins is not None,
        "channel": filing.checked.draft.channel,
        "category": facts.category,
        "description": facts.description,
        "phone": facts.phone,
        "requester_name": facts.requester_name,
        "language": facts.language,
        "commune": facts.commune,
        "village_id": facts.village_id,
        "lat": facts.lat,
        "lon": facts.lon,
        "submitted_at": filing.submitted_at,
        "response_due": targets.response_due,
        "resolution_due": targets.resolution_due,
        "revision": 0,
    }


def _publish(unit: Unit, filing: Filing) -> None:
    event = Submitted(
        request_id=filing.id,
        code=filing.code,
        add_to=filing.joins is not None,
        submitted_at=filing.submitted_at,
        channel=filing.checked.draft.channel,
        facts=filing.facts,
        promise=_promise(filing),
    )
    unit.publish(
        event,
        about=filing.code,
        province=filing.checked.commune.province,
        at=filing.submitted_at,
        correlation=filing.correlation,
    )


def facts(checked: Checked) -> RequestFacts:
    """The request as its events tell it."""
    draft = checked.draft
    return RequestFacts(
        category=draft.category,
        description=masked(draft.description),
        phone=draft.phone,
        requester_name=draft.requester_name or None,
        language=draft.language,
        commune=checked.commune.key,
        village_id=draft.village_id,
        lat=draft.lat,
        lon=draft.lon,
    )


def _promise(filing: Filing) -> Promise:
    promised = filing.checked.promise
    return Promise(
        response_due=filing.response_due,
        resolution_due=filing.resolution_due,
        response_s=promised.response_s,
        resolution_s=promised.resolution_s,
        urgent=promised.urgent,
        calendar=dict(promised.plain_calendar),
    )


def _filed(filing: Filing) -> Filed:
    targets = filing.joins or filing
    return Filed(filing.id, filing.code, filing.submitted_at, targets.response_due, targets.resolution_due)


def _repeated(filing: Filing, earlier: dict[str, tuple[bytes, Filed]]) -> Filed | KeyReused:
    assert filing.key is not None
    fingerprint, filed = earlier[filing.key.text]
    return filed if fingerprint == filing.key.fingerprint else KeyReused()
