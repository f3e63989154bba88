"""The purse of a running service: prices and budgets at hand, read again every half minute, and what is spent."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from services.notify.costs import store
from services.notify.costs.prices import EVERYBODY, Price, month_of, price_of, standing
from services.notify.costs.store import Account
from services.notify.messages.store.claiming import Claimed
from services.notify.telemetry import MESSAGE_PARTS, MESSAGE_PRICE
from shared.clock import Clock
from shared.store import Store, Unit

log = structlog.get_logger()
READ_AGAIN = timedelta(seconds=30)


class Purse:
    """Shared by all senders of a process; another process sees a change half a minute later."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._read_at: datetime | None = None
        self._month = ""
        self._prices: Sequence[Price] = ()
        self._accounts: dict[str, Account] = {}

    def forget(self) -> None:
        """Somebody changed tariffs or budgets: read them again at once."""
        self._read_at = None

    async def spent_out(self, channel: str) -> frozenset[str]:
        """Units that have spent their month's budget; none where this channel costs nothing."""
        await self._read()
        if not any(price.channel == channel for price in self._prices):
            return frozenset()
        spent = (a.unit for a in self._accounts.values() if standing(a.spent_vnd, a.monthly_vnd) == "spent")
        return frozenset(spent)

    async def pay(self, unit: Unit, messages: Sequence[Claimed], now: datetime) -> None:
        """Write down what these cost that a channel has just taken."""
        if not self._prices:
            return
        prices = {
            message.id: price
            for message in messages
            if (price := price_of(self._prices, message.channel, message.phone, message.parts, now)) is not None
        }
        await store.write_prices(unit, prices)
        spent: dict[tuple[str, str], tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
        for message in messages:
            if (price := prices.get(message.id)) is None or message.bundled_in is not None:
                continue
            for code in (*message.unit_path, EVERYBODY):
                count, parts, vnd = spent[code, message.channel]
                spent[code, message.channel] = (count + 1, parts + message.parts, vnd + price)
            MESSAGE_PARTS.labels(message.channel).inc(message.parts)
            MESSAGE_PRICE.labels(message.channel).inc(price)
        await store.add(unit, month_of(now), spent)
        await self._reckon(unit, {code for code, _ in spent} & self._accounts.keys(), now)

    async def _reckon(self, unit: Unit, codes: set[str], now: datetime) -> None:
        """How units stand that have a budget and have just spent something."""
        if not codes:
            return
        month = month_of(now)
        accounts = await store.accounts(unit.connection, month, sorted(codes))
        for account in await store.warn_once(unit, accounts, month):
            log.warning("budget.nearly_spent", unit=account.unit, month=month, share=_share(account))
        for account in accounts:
            before = self._accounts.get(account.unit)
            was = standing(before.spent_vnd, before.monthly_vnd) if before else "well"
            if standing(account.spent_vnd, account.monthly_vnd) == "spent" and was != "spent":
                log.warning("budget.spent", unit=account.unit, month=month)
            self._accounts[account.unit] = account

    async def _read(self) -> None:
        wall, month = Clock.wall(), month_of(self._clock.now())
        if self._read_at and wall - self._read_at < READ_AGAIN and month == self._month:
            return
        async with self._store.read() as connection:
            self._prices = await store.prices(connection)
            self._accounts = {account.unit: account for account in await store.accounts(connection, month)}
        self._read_at, self._month = wall, month


def _share(account: Account) -> float:
    return round(account.spent_vnd / account.monthly_vnd, 3) if account.monthly_vnd else 1.0
