"""A copy of the key file, encrypted as it is, apart from the backups of the data that its keys open."""

from datetime import datetime
from pathlib import Path
from typing import Final

from keys.errors import BackupMisplaced, KeyFileUnreadable
from keys.key_file import KeyFile, read_key_file, write_new_key_file

_DATA_DIRECTORY: Final = "PG_VERSION"
_OF_DATA: Final = (
    _DATA_DIRECTORY,
    "backup_manifest",
    "base.tar*",
    "*.dump",
    "*.sql",
    "*.sql.*",
    "*.backup",
    "dump.rdb",
)
"""What tells a data directory or a backup of PostgreSQL or Redis."""


def back_up(directory: Path, to: Path, now: datetime, data_backups: tuple[Path, ...] = ()) -> Path:
    """Copy the key file into a directory of its own below `to`, and return that; it is read back and compared.

    Raises BackupMisplaced where it does not belong: in or above the key directory or one of `data_backups` (where backups of data are
    kept), on the same file system as one of those, or where something of a database lies; KeyFileUnreadable, KeyFileExists.
    """
    content = read_key_file(directory)
    _require_apart(to, directory, data_backups)
    _require_no_data(to)
    copy = to / f"kiosk-keys-{now:%Y%m%dT%H%M%SZ}"
    write_new_key_file(copy, content)
    if read_key_file(copy) != content:
        raise KeyFileUnreadable
    return copy


def restore(copy: Path, directory: Path) -> KeyFile:
    """Put a copy in the place of a key file that is gone. Raises KeyFileExists: nothing is ever overwritten."""
    content = read_key_file(copy)
    write_new_key_file(directory, content)
    return content


def _require_apart(to: Path, directory: Path, data_backups: tuple[Path, ...]) -> None:
    for other in (directory, *data_backups):
        here, there = to.resolve(), other.resolve()
        if here == there or here.is_relative_to(there) or there.is_relative_to(here):
            raise BackupMisplaced(f"{other} と同じ場所です。", f"it is the same place as {other}.")
    for other in data_backups:
        if to.stat().st_dev == other.stat().st_dev:
            raise BackupMisplaced(
                f"{other} と同じファイルシステムです。",
                f"it is on the same file system as {other}: one loss takes both.",
            )


def _require_no_data(to: Path) -> None:
    here = to.resolve()
    found = next((file for pattern in _OF_DATA for file in here.glob(pattern)), None)
    inside = next((place for place in here.parents if (place / _DATA_DIRECTORY).exists()), None)
    if found is not None or inside is not None:
        what = found or inside
        raise BackupMisplaced(f"データベースのもの({what})です。", f"there is something of a database: {what}.")
