"""The card's own PIN (利用者証明用の暗証番号), in memory only between the key pad and the card, and wiped."""

import re
from types import TracebackType
from typing import Final, NoReturn, Self

from cardauth.card.errors import PinMalformed

_DIGITS: Final = re.compile(rb"[0-9]{4}")


class CardPin:
    """Four digits that show themselves to nobody: no repr, no pickle, no copy. Use as a context manager, which wipes them.

    Never confuse it with the city's 暗証番号: this one never leaves the terminal.
    """

    __slots__ = ("_digits",)

    def __init__(self, digits: bytearray) -> None:
        """Take over the ASCII digits and wipe the caller's buffer. Raises PinMalformed, then they are wiped too."""
        self._digits = bytearray(digits)
        _wipe(digits)
        if _DIGITS.fullmatch(self._digits) is None:
            self.wipe()
            raise PinMalformed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.wipe()

    def __repr__(self) -> str:
        return "CardPin(****)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PIN is neither pickled nor copied")

    def append_to(self, command: bytearray) -> None:
        """Write the digits at the end of a command that its sender wipes. Raises PinMalformed once they are wiped."""
        if not self._digits:
            raise PinMalformed
        command += self._digits

    def wipe(self) -> None:
        """Overwrite the digits and drop them."""
        _wipe(self._digits)
        self._digits.clear()


def _wipe(buffer: bytearray) -> None:
    buffer[:] = bytes(len(buffer))
