"""The simulated telephone network: every phone is a row in the store. Local only; never in a province.

A phone can be told to misbehave: `lost` takes a text and sends no receipt; a word of `REFUSALS` refuses it.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.notify.channels import phones
from services.notify.channels.channel import DELIVERED, SENT, AddressKind, Outcome, Outgoing, Past
from services.notify.channels.fitting import Fitted, Fitting, Health
from shared.store import Store

REFUSALS: Mapping[str, Outcome] = {
    "busy": Outcome("temporary", "busy"),
    "switched_off": Outcome("temporary", "switched_off"),
    "memory_full": Outcome("temporary", "memory_full"),
    "unknown_number": Outcome("permanent", "unknown_number", address_is_bad=True),
    "number_closed": Outcome("permanent", "number_closed", address_is_bad=True),
    "barred": Outcome("permanent", "barred"),
}
LOST = "lost"


class Simulator:
    """A channel that knows at once what became of each text."""

    name = "simulator"
    address_kind: AddressKind = "phone"
    two_way = True
    batch = 200
    lease_s = 10.0

    def __init__(self, store: Store) -> None:
        self._store = store

    async def send(self, messages: Sequence[Outgoing]) -> Mapping[UUID, Outcome]:
        """Put texts on phones; the same id arrives once."""
        async with self._store.begin() as unit:
            behaviours = await phones.behaviours(unit.connection, {message.phone for message in messages})
            outcomes = {message.id: _outcome(behaviours.get(message.phone)) for message in messages}
            await phones.receive(unit, [m for m in messages if outcomes[m.id].kind in ("sent", "delivered")])
        return outcomes

    async def ask(self, messages: Sequence[UUID]) -> Mapping[UUID, Past]:
        """The network remembers every text it took."""
        async with self._store.read() as connection:
            received = await phones.received_of(connection, messages)
        return {id: "sent" if id in received else "not_sent" for id in messages}


def fit(fitting: Fitting) -> Fitted:
    """The simulated network needs no settings."""
    return Fitted(Simulator(fitting.service.store), check=_check)


async def _check() -> Health:
    return Health("well")


def _outcome(behaviour: str | None) -> Outcome:
    if behaviour is None:
        return DELIVERED
    return SENT if behaviour == LOST else REFUSALS[behaviour]
