"""What can go wrong with a comparison."""

from civil.errors import KioskError


class UnsortedDigests(KioskError):
    """照合の入力が鍵の順でないか、同じ鍵が二度あります。 / The digests compared are not in key order, or a key comes twice."""
