"""What clients are told of a place: kind, mode, length and time; no user, no group."""

import stat
from typing import Final

from asyncssh import SFTPAttrs

from kiosk_server.feed_sftp.own_files import Seen

FOLDERS: Final = {"root": 0o700, "receipts": 0o500}
"""Modes of the two folders."""


def folder_attributes(kind: str) -> SFTPAttrs:
    """Of one of FOLDERS."""
    return _attributes(stat.S_IFDIR | FOLDERS[kind], Seen(0, 0))


def file_attributes(seen: Seen) -> SFTPAttrs:
    """Of a file that is sent, or was."""
    return _attributes(stat.S_IFREG | 0o600, seen)


def receipt_attributes(seen: Seen) -> SFTPAttrs:
    """Of a receipt."""
    return _attributes(stat.S_IFREG | 0o400, seen)


def _attributes(mode: int, seen: Seen) -> SFTPAttrs:
    return SFTPAttrs(size=seen.size, permissions=mode, atime=seen.changed, mtime=seen.changed, nlink=1)
