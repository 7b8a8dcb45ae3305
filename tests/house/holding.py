"""Starting `hold_server` as another process, and as another user where that is possible."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from kiosk_server.embedded.identity import Identity, candidates, command_as, is_usable

ROOT = Path(__file__).parents[2]
PYTHON = Path(sys.executable)


@dataclass(frozen=True, slots=True)
class Held:
    """Another process that holds a server: the process, the server, and as whom it runs."""

    holder: subprocess.Popen[str]
    server: psutil.Process
    euid: int

    def kill_holder(self) -> None:
        """Kill -9, and wait until the server has gone too; fails after 30 s."""
        self.holder.kill()
        self.holder.wait()
        self.server.wait(30)


@contextmanager
def held(
    kind: str, directory: Path, identity: Identity | None = None, server_identity: Identity | None = None
) -> Iterator[Held]:
    """Hold a server in `directory` from another process, as `identity` or as ourselves; the server as `server_identity`."""
    only = [] if server_identity is None else [server_identity.name]
    arguments = ["-m", "tests.house.hold_server", kind, str(directory), *only]
    command = (
        [str(PYTHON), *arguments] if identity is None else command_as(identity, signal.SIGTERM, PYTHON, *arguments)
    )
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        try:
            assert holder.stdout is not None
            said = json.loads(holder.stdout.readline())
            yield Held(holder, psutil.Process(said["pid"]), said["euid"])
        finally:
            if holder.stdin is not None:
                holder.stdin.close()
            holder.wait(30)


def identities_here(program: Path, directory: Path) -> list[Identity]:
    """Every identity of the launcher that this machine, place and user allow."""
    return [identity for identity in candidates() if is_usable(identity, program, directory)]


def ordinary_user(directory: Path) -> Identity | None:
    """An identity that is not root and can run our Python on `directory`; None when we are no root ourselves."""
    if os.geteuid() != 0:
        return None
    return identities_here(PYTHON, directory)[-1]
