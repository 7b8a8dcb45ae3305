"""The port: its algorithms, and taking it off again with everybody on it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import asyncssh
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk_server.feed_sftp.connection import DropConnection
from kiosk_server.feed_sftp.guard import Guard
from kiosk_server.feed_sftp.host_key import key_text
from kiosk_server.feed_sftp.limits import Limits
from kiosk_server.feed_sftp.senders import SftpSender

_KEY_EXCHANGE: Final = (
    "mlkem768x25519-sha256", "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
)  # fmt: skip
_CIPHERS: Final = ("chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr")
_MACS: Final = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512")
_SIGNATURES: Final = (
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-256", "rsa-sha2-512",
)  # fmt: skip
_STOP_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Listener:
    """An open port. `port` is the real one, also where 0 was asked for."""

    acceptor: asyncssh.SSHAcceptor
    port: int
    live: set[asyncssh.SSHServerConnection]

    async def stop(self) -> None:
        """Take no more connections, and end those that are open: what they had not finished is gone."""
        self.acceptor.close()
        ending = list(self.live)
        for connection in ending:
            connection.abort()
        async with asyncio.timeout(_STOP_SECONDS):
            await asyncio.gather(*(connection.wait_closed() for connection in ending), return_exceptions=True)


async def listen(
    address: tuple[str, int],
    host_key: Ed25519PrivateKey,
    senders: Mapping[str, SftpSender],
    inboxes: Mapping[str, Path],
    limits: Limits,
) -> Listener:
    """Open the port for these senders, by name, and the inboxes of their cities. Raises OSError when the port is taken."""
    live: set[asyncssh.SSHServerConnection] = set()
    acceptor = await asyncssh.listen(
        *address,
        server_factory=partial(DropConnection, senders, inboxes, Guard(limits), live),
        server_host_keys=[asyncssh.import_private_key(key_text(host_key))],
        server_version="SFTP",
        config=None,
        kex_algs=_KEY_EXCHANGE,
        encryption_algs=_CIPHERS,
        mac_algs=_MACS,
        signature_algs=_SIGNATURES,
        compression_algs=["none"],
        password_auth=False,
        kbdint_auth=False,
        host_based_auth=False,
        gss_host=None,
        allow_pty=False,
        agent_forwarding=False,
        x11_forwarding=False,
        encoding=None,
        login_timeout=limits.login_seconds,
    )
    return Listener(acceptor, acceptor.get_port(), live)
