"""A service's own store: tables, units of work, migrations."""

from shared.store.base import TIME, Bookkeeping, bookkeeping, new_id
from shared.store.records import record_of
from shared.store.session import Store, Unit, correlation_id

__all__ = ["TIME", "Bookkeeping", "Store", "Unit", "bookkeeping", "correlation_id", "new_id", "record_of"]
