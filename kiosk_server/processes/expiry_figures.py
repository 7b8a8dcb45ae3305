"""When each key and certificate ends, as figures."""

from kiosk_server.checks.expiries import all_expiries
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.web.metrics import Metrics


def refresh_expiries(surroundings: Surroundings, metrics: Metrics) -> None:
    """Set `kiosk_valid_until_seconds` anew: what was taken out of use leaves no old figure behind."""
    metrics.valid_until.clear()
    for ending in all_expiries(surroundings):
        metrics.valid_until.labels(ending.name).set(ending.until.timestamp())
