"""The code of one page: its token, the text that is scanned, and where it stands on every form."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pdf.layout import Box, from_top
from pdf.visible_seal.statement import SealStatement, code_text, read_token

SEAL_CODE: Final = "SealCode"
"""The name of its image in the file."""

SIDE_MM: Final = 20.0
PLACE: Final[Box] = from_top(15, 258.5, SIDE_MM, SIDE_MM)
"""In the foot area at the left, quiet zone included, below the date and left of the mayor's name."""


@dataclass(frozen=True)
class SealCode:
    """The token printed on a page, and the salt of its page digest, which stands in the file."""

    token: bytes
    salt: bytes

    @cached_property
    def text(self) -> str:
        """What is read when it is scanned."""
        return code_text(self.token)

    @cached_property
    def statement(self) -> SealStatement:
        """What it says of its page. Raises `StatementMalformed`."""
        return read_token(self.token).statement
