"""A port for two senders of one city and one of another, and clients of it: asyncssh's and OpenSSH's own."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk_server.feed_sftp.host_key import make_host_key, public_line
from kiosk_server.feed_sftp.limits import Limits
from kiosk_server.feed_sftp.listening import Listener, listen
from kiosk_server.feed_sftp.senders import SftpSender, sftp_senders_in
from tests.sync.registry_rows import CITY

OTHER_CITY = "092011"
CONTENT = b"H,kiosk-seal-full,1\n" * 10_000
LIMIT = 1_000_000


@dataclass(slots=True)
class Port:
    """A running port; keys of senders lie in `place` under the senders' names."""

    place: Path
    listener: Listener
    host_key: Ed25519PrivateKey
    senders: dict[str, SftpSender]
    connections: list[asyncssh.SSHClientConnection] = field(default_factory=list)

    @property
    def inbox(self) -> Path:
        return self.place / "inbox"

    def files(self) -> dict[str, bytes]:
        """What a look at the inbox would take, and what is being sent."""
        return {path.name: path.read_bytes() for path in self.inbox.iterdir() if path.is_file()}

    async def connect(
        self, sender: str = "vendor", key: str | None = None, **told: Any
    ) -> asyncssh.SSHClientConnection:
        connection = await asyncssh.connect(
            "127.0.0.1",
            self.listener.port,
            username=sender,
            known_hosts=asyncssh.import_known_hosts(f"* {public_line(self.host_key)}"),
            **{"client_keys": [str(self.place / (key or sender))], "agent_path": None, "config": None, **told},
        )
        self.connections.append(connection)
        return connection

    async def sftp(self, sender: str = "vendor") -> asyncssh.SFTPClient:
        return await (await self.connect(sender)).start_sftp_client()

    def openssh(self, program: str, *arguments: str, sender: str = "vendor") -> list[str]:
        """The command line of OpenSSH's `sftp` or `ssh`, for this port."""
        known = self.place / "known_hosts"
        known.write_text(f"[127.0.0.1]:{self.listener.port} {public_line(self.host_key)}", encoding="ascii")
        options = {
            "UserKnownHostsFile": known, "StrictHostKeyChecking": "yes", "IdentitiesOnly": "yes", "IdentityAgent": "none",
            "BatchMode": "yes", "IdentityFile": self.place / sender, "User": sender, "Port": self.listener.port,
        }  # fmt: skip
        said = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return [program, "-F", "none", *said, *arguments]

    async def batch(self, *lines: str, sender: str = "vendor") -> tuple[int, str]:
        """Lines for OpenSSH's `sftp`: its exit code, and everything it said."""
        command = self.openssh("sftp", "-b", "-", "127.0.0.1", sender=sender)
        return await run(command, "\n".join(lines).encode())


async def run(command: list[str], told: bytes = b"") -> tuple[int, str]:
    """A program to its end."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate(told)
    return process.returncode or 0, said.decode()


def make_sender(place: Path, directory: Path, name: str, options: str = "") -> None:
    """A key for a sender, its public part where the city keeps those."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(place / name)
    (place / name).chmod(0o600)
    directory.mkdir(exist_ok=True)
    (directory / f"{name}.pub").write_text(options + key.export_public_key("openssh").decode(), encoding="ascii")


async def open_port(place: Path, limits: Limits) -> Port:
    """A port on a free number, its inboxes below `place`."""
    directories = {CITY: place / "senders", OTHER_CITY: place / "others"}
    inboxes = {CITY: place / "inbox", OTHER_CITY: place / "inbox_of_other"}
    for inbox in inboxes.values():
        inbox.mkdir(exist_ok=True)
    for name in ("vendor", "tax"):
        make_sender(place, directories[CITY], name)
    make_sender(place, directories[CITY], "elsewhere", 'from="192.0.2.0/24" ')
    make_sender(place, directories[OTHER_CITY], "neighbour")
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(place / "stranger")
    (place / "a.csv").write_bytes(CONTENT)
    host_key = make_host_key(place / "host_key")
    senders = sftp_senders_in(directories)
    return Port(place, await listen(("127.0.0.1", 0), host_key, senders, inboxes, limits), host_key, senders)


async def until_files(port: Port, number: int) -> None:
    """Waits for so many files in the inbox, those that are being sent too."""
    for _ in range(1000):
        if len(port.files()) == number:
            return
        await asyncio.sleep(0.01)
    assert len(port.files()) == number


async def until_all_left(port: Port) -> None:
    """Waits for the server's side of every connection to be over."""
    await asyncio.gather(*(connection.wait_closed() for connection in set(port.listener.live)))


async def until_live(port: Port, number: int) -> None:
    """Waits for so many connections on the server's side."""
    for _ in range(1000):
        if len(port.listener.live) == number:
            return
        await asyncio.sleep(0.01)
    assert len(port.listener.live) == number
