"""The facts that a person who holds the sheet compares with what the code says."""

from dataclasses import dataclass
from typing import Final

from civil.text import graphemes

LONGEST_NAME_BYTES: Final = 72
"""UTF-8 bytes of a name in the code; a longer one ends in an ellipsis, so that a phone still reads the code."""

_ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class FactsToCompare:
    """The subject's name and birth date as they are printed, and how many persons the certificate shows."""

    name: str
    birth: str
    persons: int

    @property
    def short_name(self) -> str:
        """The name as the code carries it."""
        if len(self.name.encode()) <= LONGEST_NAME_BYTES:
            return self.name
        kept = ""
        for grapheme in graphemes(self.name):
            if len((kept + grapheme + _ELLIPSIS).encode()) > LONGEST_NAME_BYTES:
                break
            kept += grapheme
        return kept + _ELLIPSIS
