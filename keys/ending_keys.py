"""Ends a key before its time, such as when somebody else may know it."""

from datetime import datetime
from pathlib import Path

from civil.clock import Clock, utc_now
from keys.errors import KeyEnded, KeyInUse, KeyNotFound, KeyStillNeeded
from keys.key_file import KeyEntry, KeyFile, read_key_file, replace_key_file
from keys.purpose import STATEMENT_PURPOSES, Purpose
from keys.wrapping import Wrapper


def end_key_version(
    directory: Path, passphrase: bytes, purpose: Purpose, version: int, *, clock: Clock = utc_now
) -> datetime:
    """End a version now (UTC, returned): it makes nothing new, and still reads what it made.

    Raises KeyNotFound for a version that is not there, KeyEnded for one that has ended, KeyInUse if no other one could
    make anything (a document key without a certificate that is valid now cannot), WrongPassphrase, KeyFileUnreadable.
    """
    content, now = read_key_file(directory), clock()
    wrapper = Wrapper(passphrase, content.kdf)
    wrapper.require(content.check)
    ending = _to_end(content, purpose, version, now)
    ended = ending.model_copy(update={"not_after": now})
    # The dates are bound to the wrapped key, so it is wrapped anew.
    material = wrapper.unwrap(ending.wrapped, ending.bound(content.marker))
    ended = ended.model_copy(update={"wrapped": wrapper.wrap(material, ended.bound(content.marker))})
    entries = tuple(ended if entry is ending else entry for entry in content.keys)
    replace_key_file(directory, content.model_copy(update={"keys": entries}))
    return now


def end_statement_key(
    directory: Path, passphrase: bytes, purpose: Purpose, version: int, *, clock: Clock = utc_now
) -> datetime:
    """The key signs nothing more from now on (UTC, returned); what it signed before stays true by the dates that are published.

    Raises KeyNotFound unless this is a statement key, KeyStillNeeded without a newer one in force, and as `end_key_version`.
    """
    now = clock()
    same = [entry for entry in read_key_file(directory).keys if entry.purpose is purpose]
    newest = max((entry.version for entry in same if entry.in_force(now)), default=version)
    if purpose not in STATEMENT_PURPOSES:
        raise KeyNotFound
    if newest == version:
        raise KeyStillNeeded
    return end_key_version(directory, passphrase, purpose, version, clock=lambda: now)


def _to_end(content: KeyFile, purpose: Purpose, version: int, now: datetime) -> KeyEntry:
    same = {entry.version: entry for entry in content.keys if entry.purpose is purpose}
    ending = same.get(version)
    if ending is None:
        raise KeyNotFound
    if ending.not_after is not None and ending.not_after <= now:
        raise KeyEnded
    if not any(content.can_make(other, now) for other in same.values() if other is not ending):
        raise KeyInUse
    return ending
