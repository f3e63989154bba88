"""A filed request can be put right: the operator misheard, the caller remembered."""

from datetime import datetime
from uuid import UUID

from services.intake.requests.check import Checked
from services.intake.requests.filing import facts
from services.intake.requests.store import Request, correct
from shared.events.requests import Corrected
from shared.store import Unit


async def correct_request(
    unit: Unit, request: Request, revision: int, checked: Checked, by: str, now: datetime
) -> UUID | None:
    """Take the corrected facts and owe `requests.corrected`, its id; None where `revision` is no longer the newest.

    What was promised stays promised; assign looks again where the place or the category changed.
    """
    corrected = facts(checked)
    if not await correct(unit, request.id, revision, corrected.model_dump()):
        return None
    event = Corrected(
        request_id=request.id,
        code=request.code,
        corrected_at=now,
        by=by,
        revision=revision + 1,
        facts=corrected,
    )
    return unit.publish(event, about=request.code, province=checked.commune.province, at=now)
