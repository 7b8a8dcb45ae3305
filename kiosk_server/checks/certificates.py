"""Whether certificates are valid now, and for how long yet."""

from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from civil.calendar import JST
from kiosk_server.checks.wrong import Advice, Fault, Wrong

RENEW_BEFORE: Final = timedelta(days=30)


def valid_until(certificate: x509.Certificate, now: datetime, what: tuple[str, str], fix: tuple[str, str]) -> str:
    """The last day. `what` and `fix` are Japanese and English. Raises Wrong when it is not valid, Advice when it ends soon."""
    start, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    days = f"{start.astimezone(JST):%Y-%m-%d} - {until.astimezone(JST):%Y-%m-%d}"
    if not start <= now <= until:
        raise Wrong(Fault(f"{what[0]}が有効期間外です({days})。", f"{what[1]} is not valid now ({days}).", *fix))
    if until - now < RENEW_BEFORE:
        raise Advice(Fault(f"{what[0]}がまもなく切れます({days})。", f"{what[1]} ends soon ({days}).", *fix))
    return f"{until.astimezone(JST):%Y-%m-%d} まで / until"
