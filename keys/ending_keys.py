"""Ends a statement key before its time, such as when somebody else may know it."""

from datetime import datetime
from pathlib import Path

from civil.clock import Clock, utc_now
from keys.errors import KeyNotFound, KeyStillNeeded
from keys.key_file import KeyEntry, read_key_file, replace_key_file
from keys.purpose import STATEMENT_PURPOSES, Purpose
from keys.wrapping import Wrapper


def end_statement_key(
    directory: Path, passphrase: bytes, purpose: Purpose, version: int, *, clock: Clock = utc_now
) -> datetime:
    """The key signs nothing more from now on (UTC, returned); what it signed before stays true by the dates that are published.

    Raises KeyNotFound unless this is a statement key that is in force, KeyStillNeeded without a newer one in force,
    WrongPassphrase, KeyFileUnreadable.
    """
    content, now = read_key_file(directory), clock()
    wrapper = Wrapper(passphrase, content.kdf)
    wrapper.require(content.check)
    in_force = [entry for entry in content.keys if entry.purpose is purpose and entry.in_force(now)]
    ending = next((entry for entry in in_force if entry.version == version), None)
    if purpose not in STATEMENT_PURPOSES or ending is None:
        raise KeyNotFound
    if all(entry.version <= version for entry in in_force):
        raise KeyStillNeeded
    ended = _ended(ending, now, wrapper, content.marker)
    entries = tuple(ended if entry is ending else entry for entry in content.keys)
    replace_key_file(directory, content.model_copy(update={"keys": entries}))
    return now


def _ended(entry: KeyEntry, now: datetime, wrapper: Wrapper, marker: str) -> KeyEntry:
    """The dates are bound to the wrapped key, so it is wrapped anew."""
    ended = entry.model_copy(update={"not_after": now})
    material = wrapper.unwrap(entry.wrapped, entry.bound(marker))
    return ended.model_copy(update={"wrapped": wrapper.wrap(material, ended.bound(marker))})
