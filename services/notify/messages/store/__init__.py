"""Every query about messages and their attempts, by what it is for."""

from services.notify.messages.store.queueing import queue

__all__ = ["queue"]
