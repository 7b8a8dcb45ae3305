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


async def program(_surroundings: Surroundings) -> str:
    """Every file is the one that the installation lists (RECORD, PEP 376). A source tree has no such list."""
    other, listed = await asyncio.to_thread(_compare)
    if other:
        raise Wrong(_not_installed(other))
    return f"{build_version()}, {listed} ファイル / files" if listed else f"{build_version()} (source tree)"


def _compare() -> tuple[list[str], int]:
    """The files that are not as listed, and how many are listed."""
    try:
        installed = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return [], 0
    listed = list(_listed(installed))
    return sorted(str(file) for file in listed if not _is_as_listed(file)), len(listed)


def _listed(installed: Distribution) -> Iterator[PackagePath]:
    """Our own files that the installation lists, if it is the one that runs here."""
    for file in installed.files or ():
        if file.hash is not None and file.parts[0] in ROOMS and file.suffix in CODE:
            spec = find_spec(file.parts[0])
            if spec and str(Path(str(file.locate())).parents[len(file.parts) - 2]) in (
                spec.submodule_search_locations or ()
            ):
                yield file


def _is_as_listed(file: PackagePath) -> bool:
    assert file.hash is not None  # noqa: S101 - narrowed for the type checker; only such are listed
    try:
        digest = hashlib.new(file.hash.mode, file.read_binary()).digest()
    except OSError:
        return False
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == file.hash.value


def _not_installed(names: list[str]) -> Fault:
    listed = ", ".join(names[:_SHOWN]) + (f" +{len(names) - _SHOWN}" if len(names) > _SHOWN else "")
    return Fault(
        f"インストールされた版と違うファイルがあります: {listed}。",
        f"These files are not those of the installed version: {listed}.",
        "プログラムを入れ直してください。一部だけを更新しないでください。",
        "Install the program again, and never update a part of it.",
    )
