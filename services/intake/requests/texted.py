"""What people ask by text, heard and understood by notify, becomes requests as if they had filled in the form.

The inbox takes each event once. An open request of the same number, category and commune is added to, as a resident who
texts again cannot be asked by a page. What cannot be taken is refused aloud: whoever asked is told to call.
"""

from collections.abc import Mapping, Sequence

import structlog
from pydantic import ValidationError

from services.intake.catalogue.memory import Catalogue
from services.intake.requests.check import Checked, check
from services.intake.requests.draft import Texted
from services.intake.requests.filing import file, prepare
from services.intake.tracking.store import open_alike
from shared.clock import Clock, local
from shared.events.envelope import Received
from shared.events.replies import AskedForHelp
from shared.events.requests import Refusal, Refused
from shared.store import Unit

log = structlog.get_logger()
OTHER = "other"
_NO_PROVINCE = "00"


class NotYet(Exception):
    """No place is known in the first moments after a first start: the event is taken again a little later."""


class TextedRequests:
    """Takes `replies.asked_for_help`."""

    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    async def on_asked(self, unit: Unit, events: Sequence[Received[AskedForHelp]]) -> None:
        """One after another: the second of two alike is added to the first."""
        if self._catalogue.is_empty:
            raise NotYet
        for event in events:
            await self._take(unit, event)

    async def _take(self, unit: Unit, event: Received[AskedForHelp]) -> None:
        found = self._checked(event.data)
        if not isinstance(found, Checked):
            self._refuse(unit, event.data, found)
            return
        draft = found.draft
        joins = await open_alike(unit.connection, draft.phone, draft.category, found.commune.key)
        await file(unit, [prepare(found, self._clock.now(), event.correlation, joins=joins)])
        log.info("request.filed", channel=draft.channel, joined=joins is not None, ask=str(event.data.ask_id))

    def _checked(self, asked: AskedForHelp) -> Checked | Refusal:
        """What it names, else why it cannot be taken. A village that is no more is left out: the commune is enough."""
        try:
            draft = Texted.model_validate(self._fields(asked))
        except ValidationError:
            return "unreadable"
        day = local(self._clock.now()).date()
        found = check(draft, self._catalogue, day)
        if not isinstance(found, Checked) and set(found) == {"village_id"}:
            found = check(draft.model_copy(update={"village_id": None}), self._catalogue, day)
        return found if isinstance(found, Checked) else _why(found)

    def _fields(self, asked: AskedForHelp) -> dict[str, object]:
        known = self._catalogue.category(asked.category)
        return {
            "category": asked.category if known else OTHER,
            "description": asked.description,
            "phone": asked.phone,
            "language": asked.language,
            "commune_code": asked.commune.partition("@")[0],
            "village_id": asked.village_id,
        }

    def _refuse(self, unit: Unit, asked: AskedForHelp, why: Refusal) -> None:
        event = Refused(ask_id=asked.ask_id, at=self._clock.now(), reason=why)
        commune = self._catalogue.commune_by_key(asked.commune)
        province = commune.province if commune else _NO_PROVINCE
        unit.publish(event, about=str(asked.ask_id), province=province, at=event.at)
        log.warning("request.refused", channel="sms", reason=why, ask=str(asked.ask_id))


def _why(errors: Mapping[str, object]) -> Refusal:
    return "unknown_place" if "commune_code" in errors else "nothing_promised"
