"""The room of what the figures are made of: folded as long as the service lives."""

from services.assign.counting.folding import Folding
from services.assign.counting.recounting import Recounting
from shared.service import Service


def install(service: Service) -> None:
    """Fold changes into days; count tickets that an older version left uncounted."""
    service.cycle("fold", Folding(service.store, service.clock).work)
    service.cycle("recount", Recounting(service.store, service.clock).work, net_s=60)
