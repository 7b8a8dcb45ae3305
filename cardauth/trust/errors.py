"""Why a certificate is not believed: a reason for staff, and for the caller the one answer of everybody not identified."""

from cardauth.errors import NotIdentified
from civil.errors import KioskError


class CertificateRefused(NotIdentified):
    """本人を確認できませんでした。 / The person could not be identified."""


class RevocationUnknown(KioskError):
    """電子証明書の有効性を今は確かめられません。 / Whether certificates still stand cannot be told at the moment."""
