"""The fonts the paper is drawn with: the ones we chose, and the same as when this process started."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pdf
from civil.errors import KioskError
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Fault, Wrong

_FIX: Final = (
    "プログラム(と fonts-ipamj-mincho)を入れ直し、起動し直してください。",
    "Install the program (and fonts-ipamj-mincho) again, and start again.",
)
_UNREADABLE: Final = Fault("フォントを読めません。", "The fonts cannot be read.", *_FIX)


class Fonts:
    """The look at one process's fonts. A file is read again only when it is another one than before."""

    def __init__(self) -> None:
        self._stamps: tuple[object, ...] | None = None
        self._found: Mapping[Path, str | None] = {}
        self._first: Mapping[Path, str | None] | None = None

    async def digests(self) -> Mapping[Path, str | None]:
        """SHA-256 of each font file, None for one that is not there."""
        stamps = tuple(_stamp(path) for path in pdf.FONT_FILES)
        if stamps != self._stamps:
            self._found = await asyncio.to_thread(pdf.font_digests)
            self._stamps = stamps
        return self._found

    async def look(self, _surroundings: Surroundings) -> str:
        """Nothing was damaged or exchanged."""
        found = await self.digests()
        damaged = [path.name for path, right in pdf.VENDORED_SHA256.items() if found[path] != right]
        if damaged:
            raise Wrong(_wrong(damaged, "壊れているか、別のものです", "is damaged or another one"))
        if self._first is None:
            _require_readable()
            self._first = found
        changed = [path.name for path, first in self._first.items() if found[path] != first]
        if changed:
            raise Wrong(_wrong(changed, "起動後に変わりました", "has changed since the start"))
        return ", ".join(path.name for path, digest in found.items() if digest is not None)


def _require_readable() -> None:
    try:
        pdf.FontChain()
    except (OSError, KioskError):
        raise Wrong(_UNREADABLE) from None


def _wrong(names: list[str], what: str, what_en: str) -> Fault:
    listed = ", ".join(names)
    return Fault(f"フォント {listed} が{what}。", f"The font {listed} {what_en}.", *_FIX)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
