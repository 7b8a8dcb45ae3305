"""What the terminal needs of a printer, and a tray without a device for the demo."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

_MODE: Final = 0o600


class PrintEnd(StrEnum):
    """How printing one document ended."""

    PRINTED = "printed"
    OUT_OF_PAPER = "out_of_paper"
    """Stopped, and the job is taken out of the printer for certain: it will not come out later."""
    JAMMED = "jammed"
    """As OUT_OF_PAPER; some of it may lie in the machine."""
    REFUSED = "refused"
    """The printer did not take the document, or dropped it."""
    UNKNOWN = "unknown"
    """Nobody knows. It may have come out, or still come out."""

    @property
    def is_certain(self) -> bool:
        """Whether it is known that the document came out, or that it will not."""
        return self is not PrintEnd.UNKNOWN


class Printer(Protocol):
    """One printer. The document is in memory only, here and on the way."""

    is_simulated: bool

    async def is_ready(self) -> bool:
        """Whether it can print now and holds nothing of anybody."""
        ...

    async def print(self, document: bytes, title: str) -> PrintEnd:
        """Print a PDF and follow it to its end. `title` names it in the printer and says nothing about a person."""
        ...


class TrayPrinter:
    """No printer: each sheet is put into a directory, for the demo, whose people are invented. The screen says so."""

    is_simulated = True

    def __init__(self, tray: Path) -> None:
        """Take the directory, made with mode 0700 if it is not there."""
        tray.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.tray = tray

    async def is_ready(self) -> bool:
        """Always."""
        return True

    async def print(self, document: bytes, title: str) -> PrintEnd:
        """Write TITLE.pdf, mode 0600."""
        descriptor = os.open(self.tray / f"{title}.pdf", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(document)
        return PrintEnd.PRINTED
