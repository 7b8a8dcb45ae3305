"""Processor time and memory of every process of a running installation, by what it is for."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

FRONT: Final = "front"
PAPER: Final = "paper workers"
_OTHERS: Final = "others"
_TICK: Final = 1 / os.sysconf("SC_CLK_TCK")
_PROC: Final = Path("/proc")
# Fields of /proc/PID/stat behind the name in brackets, which may hold blanks and brackets itself.
_PARENT, _USER, _SYSTEM, _GONE_USER, _GONE_SYSTEM = 1, 11, 12, 13, 14


def seconds_by_component(root: int) -> Mapping[str, float]:
    """Seconds of processor time so far of `root` and everything below it, those below that have ended included."""
    together: defaultdict[str, float] = defaultdict(float)
    for pid, fields in _tree(root):
        spent = sum(int(fields[place]) for place in (_USER, _SYSTEM, _GONE_USER, _GONE_SYSTEM))
        together[component_of(_command(pid))] += spent * _TICK
    return together


def most_mebibytes(root: int) -> Mapping[str, float]:
    """Of the largest process of each component: its own memory and its part of what it shares (PSS), in MiB."""
    largest: defaultdict[str, float] = defaultdict(float)
    for pid, _ in _tree(root):
        component = component_of(_command(pid))
        largest[component] = max(largest[component], _proportional_size(pid))
    return largest


def component_of(command: str) -> str:
    """What a process is for, by its command line."""
    words = command.split()
    if "spawn_main" in command:
        return PAPER
    if "serve" in words:
        return {"centre": FRONT, "logger": "log batcher"}.get(words[words.index("serve") + 1], _OTHERS)
    if command.startswith("postgres:") and words[1:2] == ["front"]:
        return "PostgreSQL, sessions of the front"
    if "postgres" in Path(words[0] if words else "").name:
        return "PostgreSQL, all else"
    return "Valkey" if "valkey" in command else _OTHERS


def _tree(root: int) -> Iterator[tuple[int, list[str]]]:
    below: defaultdict[int, list[int]] = defaultdict(list)
    found: dict[int, list[str]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _read(entry / "stat").rpartition(")")[2].split()):
            found[int(entry.name)] = fields
            below[int(fields[_PARENT])].append(int(entry.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        if pid in found:
            yield pid, found[pid]
        waiting += below[pid]


def _command(pid: int) -> str:
    return _read(_PROC / str(pid) / "cmdline").replace("\0", " ").strip()


def _proportional_size(pid: int) -> float:
    told = [line.split() for line in _read(_PROC / str(pid) / "smaps_rollup").splitlines()]
    return sum(int(words[1]) for words in told if words[0] == "Pss:") / 1024


def _read(file: Path) -> str:
    """Nothing of a process that has ended."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
