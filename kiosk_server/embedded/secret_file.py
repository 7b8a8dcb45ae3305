"""A server's password: random, in a file that only its owner reads, kept across restarts."""

import os
import secrets
from pathlib import Path


def password_from(path: Path) -> str:
    """The password in `path`; makes file (mode 0600) and password (256 bits) if there is none."""
    if not path.exists():
        _write_whole(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii")


def _write_whole(path: Path, text: str) -> None:
    """Write beside and rename, so that a crash leaves all of it or nothing."""
    beside = path.with_name(f"{path.name}.new")
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
