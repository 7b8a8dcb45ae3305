"""The files of this program are those that were installed: no component was left out of an update, or edited."""

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from kiosk_server.checks.edition import CODE, ROOMS
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Fault, Wrong
from kiosk_server.version import DISTRIBUTION, build_version

_SHOWN: Final = 6
_EXCHANGED: Final = Fault(
    "起動後にプログラムのファイルが入れ替えられました。",
    "The files of the program were exchanged after the start.",
    "すべてのプロセスを止めてから起動し直してください。",
    "Stop every process and start again.",
)


class Program:
    """The look at one process's program. What was exchanged beneath a process is not what the process runs."""

    def __init__(self) -> None:
        self._first: bytes | None = None

    async def look(self, _surroundings: Surroundings) -> str:
        """Every file is the one that the installation lists (RECORD, PEP 376), and was when we started. A source tree has no such list."""
        listed, other, digest = await asyncio.to_thread(_compare)
        if other:
            raise Wrong(_not_installed(other))
        self._first = self._first or digest
        if digest != self._first:
            raise Wrong(_EXCHANGED)
        return f"{build_version()}, {listed} ファイル / files" if listed else f"{build_version()} (source tree)"


def _compare() -> tuple[int, list[str], bytes]:
    """How many files are listed, those that are not as listed, and a digest over all that are."""
    try:
        installed = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return 0, [], b""
    found = {str(file): (file, _digest(file)) for file in _listed(installed)}
    other = sorted(name for name, (file, digest) in found.items() if file.hash is None or digest != file.hash.value)
    whole = "".join(f"{name} {digest}\n" for name, (_, digest) in sorted(found.items()))
    return len(found), other, hashlib.sha256(whole.encode()).digest()


def _listed(installed: Distribution) -> Iterator[PackagePath]:
    """Our own files that the installation lists, if it is the one that runs here."""
    for file in installed.files or ():
        if file.hash is not None and file.parts[0] in ROOMS and file.suffix in CODE:
            spec = find_spec(file.parts[0])
            if spec and str(Path(str(file.locate())).parents[len(file.parts) - 2]) in (
                spec.submodule_search_locations or ()
            ):
                yield file


def _digest(file: PackagePath) -> str:
    """Of the file as it lies there, written as RECORD does; empty for one that cannot be read."""
    try:
        digest = hashlib.new(file.hash.mode if file.hash else "sha256", file.read_binary()).digest()
    except OSError:
        return ""
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _not_installed(names: list[str]) -> Fault:
    listed = ", ".join(names[:_SHOWN]) + (f" +{len(names) - _SHOWN}" if len(names) > _SHOWN else "")
    return Fault(
        f"インストールされた版と違うファイルがあります: {listed}。",
        f"These files are not those of the installed version: {listed}.",
        "プログラムを入れ直してください。一部だけを更新しないでください。",
        "Install the program again, and never update a part of it.",
    )
