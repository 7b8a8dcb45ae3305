"""The tree a sender sees: `/` for what it sends, `/receipts` for what became of it. Nothing in it is a path of the disk."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from civil.errors import KioskError
from sync.feeds.arriving import require_name
from sync.feeds.folder import says_unfinished

RECEIPTS: Final = "receipts"
_TEMPORARY: Final = re.compile(r"[A-Za-z0-9._-]{1,120}", re.ASCII)
_RECEIPT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,139}\.txt", re.ASCII)
_MOST: Final = 1024


class NoSuchPath(KioskError):
    """ありません。置けるのは / だけで、名前は英数字と . _ - です。 /
    There is no such place: files go into /, and their names have letters, digits, dots, hyphens and low lines."""


@dataclass(frozen=True, slots=True)
class Place:
    """The root, the receipts, a file that is sent (under its own or a temporary name), or a receipt."""

    kind: Literal["root", "receipts", "file", "receipt"]
    name: str = ""

    @property
    def path(self) -> bytes:
        """The one way to write it."""
        above = {"root": "/", "receipts": f"/{RECEIPTS}", "file": "/", "receipt": f"/{RECEIPTS}/"}
        return (above[self.kind] + self.name).encode("ascii")

    @property
    def is_temporary(self) -> bool:
        """Whether a file of this name is not to be taken until it gets another."""
        return says_unfinished(self.name)


def place_of(path: bytes) -> Place:
    """Which place a path means; `.`, `..` and doubled slashes are resolved by the letters alone. Raises NoSuchPath and NameWrong."""
    if len(path) > _MOST or not path.isascii():
        raise NoSuchPath
    parts: list[str] = []
    for part in path.decode("ascii").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    match parts:
        case []:
            return Place("root")
        case ["receipts"]:
            return Place("receipts")
        case ["receipts", name] if _RECEIPT.fullmatch(name):
            return Place("receipt", name)
        case [name]:
            return Place("file", _file_name(name))
        case _:
            raise NoSuchPath


def _file_name(name: str) -> str:
    """A temporary name is never one of the disk, so it may be longer: clients put something before and behind the file's own."""
    if says_unfinished(name) and _TEMPORARY.fullmatch(name):
        return name
    return require_name(name)
