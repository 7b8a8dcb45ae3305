"""As whom a server runs: PostgreSQL refuses to be root, and we neither make users nor open anybody's directories."""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk_server.embedded.errors import DataDirectoryUnusable

CHILD_SCRIPT = Path(__file__).with_name("child.py")
_NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Identity:
    """`name` is one that child.py knows; `uid` and `gid` own the server's files as seen from outside."""

    name: str
    uid: int
    gid: int


def choose_identity(program: Path, directory: Path) -> Identity:
    """The first identity under which `program` can run and write `directory`, which then belongs to it.

    Raises DataDirectoryUnusable when none can, saying what a person may do.
    """
    for identity in candidates():
        if is_usable(identity, program, directory):
            _give_tree(directory, identity)
            return identity
    raise DataDirectoryUnusable(
        f"{directory}: root 以外の識別でデータベースを実行できません。一般ユーザーで実行するか、他のユーザーが通過できる場所を指定してください。 / "
        f"{directory}: the database cannot run as anyone but root here. Run as an ordinary user, "
        "or choose a place that other users may pass through."
    )


def candidates() -> Iterator[Identity]:
    """What may be tried, the best first: ourselves, unless we are root or a number without a name."""
    uid, gid = os.geteuid(), os.getegid()
    if uid != 0 and _is_known(uid):
        yield Identity("self", uid, gid)
        return
    yield Identity("namespace", uid, gid)
    if uid == 0:
        yield Identity("ambient", _NOBODY, _NOBODY)
        yield Identity("nobody", _NOBODY, _NOBODY)


def is_usable(identity: Identity, program: Path, directory: Path) -> bool:
    """Whether `program` could run and write `directory` under `identity`; if so, the directory belongs to it now."""
    owner = directory.stat()
    try:
        os.chown(directory, identity.uid, identity.gid)
    except PermissionError:
        return False
    command = [*_child(identity), "probe", str(program), str(directory)]
    if subprocess.run(command, check=False, capture_output=True, cwd="/").returncode == 0:
        return True
    os.chown(directory, owner.st_uid, owner.st_gid)
    return False


def command_as(identity: Identity, death_signal: int, program: Path, *arguments: str) -> list[str]:
    """The command line that runs `program` as `identity` and sends it `death_signal` when this thread's process dies."""
    return [*_child(identity), str(int(death_signal)), str(program), *arguments]


def _child(identity: Identity) -> list[str]:
    return [sys.executable, "-I", "-S", str(CHILD_SCRIPT), identity.name, str(os.getpid())]


def _is_known(uid: int) -> bool:
    # initdb looks its user up and gives up on a bare number, as containers like to run with.
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _give_tree(directory: Path, identity: Identity) -> None:
    """Give every file to `identity`; a directory first used under another one is carried over."""
    for folder, folders, files in os.walk(directory):
        for name in (*folders, *files):
            path = Path(folder, name)
            if path.lstat().st_uid != identity.uid:
                os.chown(path, identity.uid, identity.gid, follow_symlinks=False)
