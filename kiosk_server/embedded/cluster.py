"""Making a new PostgreSQL cluster, whole or not at all."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from kiosk_server.embedded.directory import DataDirectory
from kiosk_server.embedded.errors import DataDirectoryUnusable, ServerDidNotStart
from kiosk_server.embedded.identity import Identity, command_as
from kiosk_server.embedded.process import bare_environment


def is_cluster(cluster: Path) -> bool:
    """Whether a complete cluster stands at `cluster`."""
    return (cluster / "PG_VERSION").exists()


def create_cluster(
    directory: DataDirectory, identity: Identity, binaries: Path, superuser: str, *, is_durable: bool
) -> None:
    """Run initdb for `<directory>/cluster` unless it stands already, with the password in `<directory>/password`.

    SCRAM for every connection, UTF-8, C locale. Raises DataDirectoryUnusable for a cluster of another major version,
    ServerDidNotStart when initdb fails; a failed or interrupted run leaves nothing that a later one would take for whole.
    """
    cluster = directory.path / "cluster"
    if is_cluster(cluster):
        _require_same_version(cluster, binaries)
        return
    beside = directory.path / "cluster.new"
    shutil.rmtree(beside, ignore_errors=True)
    _run_initdb(directory, identity, binaries, superuser, beside, is_durable=is_durable)
    beside.rename(cluster)
    _sync_directory(directory.path)


def _run_initdb(
    directory: DataDirectory, identity: Identity, binaries: Path, superuser: str, target: Path, *, is_durable: bool
) -> None:
    arguments = [
        f"--pgdata={target}",
        f"--username={superuser}",
        f"--pwfile={directory.path / 'password'}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        *([] if is_durable else ["--no-sync"]),
    ]
    shutil.chown(directory.path / "password", identity.uid, identity.gid)
    done = subprocess.run(
        command_as(identity, signal.SIGKILL, binaries / "initdb", *arguments),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=bare_environment(),
        pass_fds=(directory.lock_fd,),
    )
    if done.returncode != 0:
        shutil.rmtree(target, ignore_errors=True)
        said = done.stdout.decode(errors="replace")[-2000:]
        raise ServerDidNotStart(
            f"データベースを作成できませんでした。 / The database could not be made. initdb said:\n{said}"
        )


def _require_same_version(cluster: Path, binaries: Path) -> None:
    ours = subprocess.run(
        [str(binaries / "postgres"), "--version"], check=True, capture_output=True, text=True, env=bare_environment()
    ).stdout.split()[-1]
    theirs = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    if ours.split(".")[0] != theirs:
        raise DataDirectoryUnusable(
            f"{cluster} は PostgreSQL {theirs} のもので、このプログラムの {ours} では開けません。何も変更していません。 / "
            f"{cluster} belongs to PostgreSQL {theirs} and cannot be opened by ours ({ours}); nothing was changed."
        )


def _sync_directory(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
