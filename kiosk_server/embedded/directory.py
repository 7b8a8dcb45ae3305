"""The data directory: ours alone (mode 0700), locked while in use, on a disk with room."""

import fcntl
import os
import shutil
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk_server.embedded.errors import DataDirectoryInUse, DataDirectoryUnusable, DiskAlmostFull

_LOCK_FILE = "lock"
_LEFTOVER_SECONDS = 15.0
_LOOK_AGAIN_SECONDS = 0.02


class DataDirectory:
    """A private directory, held by an exclusive lock (flock) from `acquire` to `release`.

    Servers started in it inherit the lock, so that it lasts as long as the last of them, even if we are killed.
    Takes the path; missing parents are made, existing parents are never changed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    @property
    def lock_fd(self) -> int:
        """The descriptor that holds the lock. Raises DataDirectoryUnusable when it is not held."""
        if self._lock is None:
            raise DataDirectoryUnusable
        return self._lock

    def acquire(self) -> None:
        """Make the directory if it is missing and lock it. Raises DataDirectoryInUse or DataDirectoryUnusable."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.path / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DataDirectoryUnusable(unusable(self.path, error)) from error
        try:
            _lock_exclusively(lock, self.path)
            self.path.chmod(0o700)
            _write_holder(lock)
        except OSError as error:
            os.close(lock)
            raise DataDirectoryUnusable(unusable(self.path, error)) from error
        except BaseException:
            os.close(lock)
            raise
        self._lock = lock

    def release(self) -> None:
        """Let go of the lock. Harmless when it is not held."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def require_free_disk(path: Path, needed_bytes: int) -> None:
    """Raise DiskAlmostFull unless the disk under `path` (which may not exist yet) has `needed_bytes` free."""
    there = next(parent for parent in (path, *path.parents) if parent.exists())
    free = shutil.disk_usage(there).free
    if free < needed_bytes:
        free_mib, needed_mib = free // 2**20, needed_bytes // 2**20
        raise DiskAlmostFull(
            f"{path} のディスクの空き容量が足りません({needed_mib} MiB 必要、空き {free_mib} MiB)。何も作成していません。 / "
            f"Not enough free disk at {path} ({needed_mib} MiB needed, {free_mib} MiB free); nothing was created."
        )


def _lock_exclusively(lock: int, path: Path) -> None:
    """Lock, or refuse at once when the holder lives; a killed holder's servers are given time to stop."""
    deadline = time.monotonic() + _LEFTOVER_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _holder_lives(lock) or time.monotonic() > deadline:
                raise DataDirectoryInUse(
                    f"{path} は別のプロセスが使用中です。何も変更していません。 / "
                    f"{path} is in use by another process; nothing was changed."
                ) from None
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return


def _write_holder(lock: int) -> None:
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)


def _holder_lives(lock: int) -> bool:
    """Whether the process that took the lock still runs. Unknown counts as alive."""
    written = os.pread(lock, 20, 0)
    return not written.isdigit() or Path("/proc", written.decode()).exists()


def unusable(path: Path, error: OSError) -> str:
    """The message for a directory that the system refuses, in both languages."""
    reason = error.strerror or type(error).__name__
    return f"{path} を使用できません({reason})。 / {path} cannot be used ({reason})."
