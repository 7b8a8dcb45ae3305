"""Whether certificates are valid now."""

from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from civil.calendar import JST
from kiosk_server.checks.wrong import Fault, Wrong

RENEW_BEFORE: Final = timedelta(days=60)
"""An authority may take weeks to issue: what ends sooner than this is told (`kiosk_server.checks.expiries`)."""


def valid_until(certificate: x509.Certificate, now: datetime, what: tuple[str, str], fix: tuple[str, str]) -> str:
    """The last day. `what` and `fix` are Japanese and English. Raises Wrong when it is not valid now."""
    start, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    days = f"{start.astimezone(JST):%Y-%m-%d} - {until.astimezone(JST):%Y-%m-%d}"
    if not start <= now <= until:
        raise Wrong(Fault(f"{what[0]}が有効期間外です({days})。", f"{what[1]} is not valid now ({days}).", *fix))
    return f"{until.astimezone(JST):%Y-%m-%d} まで / until"
