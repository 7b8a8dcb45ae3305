"""The names of the levels, lowest first."""

from enum import StrEnum


class SignatureLevel(StrEnum):
    """Baseline levels of PAdES (ETSI EN 319 142-1, clause 6)."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"

    @property
    def rank(self) -> int:
        """0 for B-B, and 1 more for each step up."""
        return list(SignatureLevel).index(self)
