"""How old what we know of a revocation may be. Decided in docs/decisions/0049-when-revocation-cannot-be-told.md."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RevocationPolicy:
    """Limits of freshness. What is older than these, or past its own nextUpdate, is as if it were not there."""

    good_for: timedelta = timedelta(minutes=5)
    """How long "good" is believed without asking again. "Revoked" is final: a hold is never lifted (運用規程 4.9.9)."""
    ocsp_age: timedelta = timedelta(hours=1)
    """The oldest thisUpdate of an OCSP answer."""
    crl_age: timedelta = timedelta(hours=24)
    """The oldest thisUpdate of a list, whatever its nextUpdate says."""
    crl_refetch: timedelta = timedelta(hours=1)
    """From one try to fetch a list to the next, as long as the kept one is within `crl_age`; it is used meanwhile."""
    clock_skew: timedelta = timedelta(minutes=5)
    """How far the authority's clock may be ahead of ours."""
