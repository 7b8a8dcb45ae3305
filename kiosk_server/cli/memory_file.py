"""Files that are gone when the machine stops."""

from pathlib import Path
from typing import Final

from civil.errors import KioskError

_IN_MEMORY: Final = frozenset({"tmpfs", "ramfs"})
_MOUNTS: Final = Path("/proc/self/mountinfo")


class NotInMemory(KioskError):
    """パスフレーズのファイルがメモリー上(tmpfs)にありません。/run の下を KIOSK_KEYS_PASSPHRASE_FILE にしてください。 /
    The passphrase file is not in memory (tmpfs). Let KIOSK_KEYS_PASSPHRASE_FILE be below /run."""


def require_in_memory(file: Path) -> None:
    """Raise NotInMemory unless the file's directory is on a file system in memory."""
    here = file.resolve().parent
    mounts = [_mount(line) for line in _MOUNTS.read_text(encoding="utf-8").splitlines()]
    holding = [(place, kind) for place, kind in mounts if here.is_relative_to(place)]
    if not holding or max(holding, key=lambda mount: len(mount[0].parts))[1] not in _IN_MEMORY:
        raise NotInMemory


def _mount(line: str) -> tuple[Path, str]:
    """Mount point and type of a line of mountinfo (proc(5)): after the separator comes the type."""
    before, _, after = line.partition(" - ")
    return Path(before.split()[4].encode().decode("unicode_escape")), after.split()[0]
