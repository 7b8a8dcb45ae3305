"""Whether a certificate is to be believed: who issued it, what it is for, and whether it still stands."""

from cardauth.trust.anchors import AnchorsUnacceptable, CaGeneration, TrustAnchors
from cardauth.trust.card_trust import CardTrust, TrustedCertificate
from cardauth.trust.errors import CertificateRefused, RevocationUnknown
from cardauth.trust.revocation import RevocationChecker
from cardauth.trust.revocation_policy import RevocationPolicy
from cardauth.trust.sources import Fetcher, FetchFailed, RevocationSources

__all__ = [
    "AnchorsUnacceptable",
    "CaGeneration",
    "CardTrust",
    "CertificateRefused",
    "FetchFailed",
    "Fetcher",
    "RevocationChecker",
    "RevocationPolicy",
    "RevocationSources",
    "RevocationUnknown",
    "TrustAnchors",
    "TrustedCertificate",
]
