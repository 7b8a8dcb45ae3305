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
    for identity in _candidates():
        if _owns_or_may_give(directory, identity) and _probe(identity, program, directory):
            _give_tree(directory, identity)
            return identity
    raise DataDirectoryUnusable(
        f"{directory}: root 以外の識別でデータベースを実行できません。一般ユーザーで実行するか、他のユーザーが通過できる場所を指定してください。 / "
        f"{directory}: the database cannot run as anyone but root here. Run as an ordinary user, "
        "or choose a place that other users may pass through."
    )


def command_as(identity: Identity, death_signal: int, program: Path, *arguments: str) -> list[str]:
    """The command line that runs `program` as `identity` and sends it `death_signal` when this thread's process dies."""
    return [*_child(identity), str(int(death_signal)), str(program), *arguments]


def _child(identity: Identity) -> list[str]:
    return [sys.executable, "-I", "-S", str(CHILD_SCRIPT), identity.name, str(os.getpid())]


def _candidates() -> Iterator[Identity]:
    uid, gid = os.geteuid(), os.getegid()
    if uid != 0 and _is_known(uid):
        yield Identity("self", uid, gid)
        return
    yield Identity("namespace", uid, gid)
    if uid == 0:
        yield Identity("ambient", _NOBODY, _NOBODY)
        yield Identity("nobody", _NOBODY, _NOBODY)


def _is_known(uid: int) -> bool:
    # initdb looks its user up and gives up on a bare number, as containers like to run with.
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _probe(identity: Identity, program: Path, directory: Path) -> bool:
    command = [*_child(identity), "probe", str(program), str(directory)]
    return subprocess.run(command, check=False, capture_output=True, cwd="/").returncode == 0


def _owns_or_may_give(directory: Path, identity: Identity) -> bool:
    if directory.stat().st_uid != identity.uid:
        try:
            os.chown(directory, identity.uid, identity.gid)
        except PermissionError:
            return False
    return True


def _give_tree(directory: Path, identity: Identity) -> None:
    """Give every file to `identity`; a directory first used under another one is carried over."""
    for folder, folders, files in os.walk(directory):
        for name in (*folders, *files):
            path = Path(folder, name)
            if path.lstat().st_uid != identity.uid:
                os.chown(path, identity.uid, identity.gid, follow_symlinks=False)
