"""What can be wrong with a file from another system."""

from typing import Self

from civil.errors import KioskError


class OtherCity(KioskError):
    """別の市区町村のファイルです。 / The file belongs to another municipality."""


class FileRefused(KioskError):
    """ファイルに誤りがあります。何も取り込んでいません。 / The file is wrong; nothing of it was taken in.

    `line` counts from 1, `item` is the name in the layout, `reason` is what a person reads. None of them quotes content.
    """

    def __init__(self, line: int, item: str, reason: str) -> None:
        """Take the place and what is wrong there."""
        super().__init__(
            f"{FileRefused.__doc__.splitlines()[0] if FileRefused.__doc__ else ''}\n  {line}: {item}: {reason}"
        )
        self.line = line
        self.item = item
        self.reason = reason

    def __reduce__(self) -> tuple[type[Self], tuple[int, str, str]]:
        """Cross a process boundary with all parts."""
        return type(self), (self.line, self.item, self.reason)
