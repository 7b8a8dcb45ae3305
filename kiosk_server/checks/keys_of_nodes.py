"""The keys of the live processes beside each other: a process that lacks a key in force could not read what the others make.

A key is added before its first day and reaches each node in its own time, so a difference is none until a minute after that day.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from keys.key_file import KeyFile
from keys.purpose import Purpose

_PREFIX: Final = "key "
_GRACE: Final = timedelta(seconds=60)


def key_parts(content: KeyFile) -> Mapping[str, str]:
    """For each version when it was made and from when it is in force; of what it is made, nothing."""
    return {
        f"{_PREFIX}{entry.purpose} {entry.version}": f"{entry.created.isoformat()} {entry.not_before.isoformat()}"
        for entry in content.keys
    }


def has_key(settings: Mapping[str, str], purpose: Purpose, version: int) -> bool:
    """Whether a process that says these settings holds this key."""
    return f"{_PREFIX}{purpose} {version}" in settings


def without_keys(settings: Mapping[str, str]) -> Mapping[str, str]:
    """The parts of a process's settings that must be equal at any moment."""
    return {name: value for name, value in settings.items() if not name.startswith(_PREFIX)}


def differing_keys(ours: Mapping[str, str], theirs: Mapping[str, str], now: datetime) -> Iterator[str]:
    """The keys that another process has and we lack though they are in force, or have otherwise."""
    for name, value in theirs.items():
        if not name.startswith(_PREFIX) or ours.get(name) == value:
            continue
        in_force_from = datetime.fromisoformat(value.split()[1])
        if name in ours or in_force_from + _GRACE <= now:
            yield name
