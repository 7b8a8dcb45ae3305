"""Files with a server's password: mode 0600, written whole or not at all."""

import os
import secrets
from pathlib import Path

from kiosk_server.embedded.identity import Identity


def password_from(path: Path) -> str:
    """The password in `path`; makes file and password (256 random bits) if there is none."""
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii")


def write_secret(path: Path, text: str, owner: Identity | None = None) -> None:
    """Write `text` beside `path` and rename; the file belongs to `owner` (to us when None)."""
    beside = path.with_name(f"{path.name}.new")
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(fd)
        if owner is not None:
            os.fchown(fd, owner.uid, owner.gid)
    beside.replace(path)
