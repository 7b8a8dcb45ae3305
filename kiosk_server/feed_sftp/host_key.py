"""The key by which senders know the port: Ed25519, made once, kept in a file of its own, told by its fingerprint."""

import base64
import hashlib
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from kiosk_server.settings import PREFIX, SettingsInvalid, read_secret

_ONLY_OWNER: Final = 0o600
_VARIABLE: Final = f"{PREFIX}FEED_SFTP_KEY"


def make_host_key(file: Path) -> Ed25519PrivateKey:
    """A new key in a new file. Raises FileExistsError and OSError."""
    key = Ed25519PrivateKey.generate()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _ONLY_OWNER)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(key_text(key))
        stream.flush()
        os.fsync(stream.fileno())
    return key


def read_host_key(file: Path) -> Ed25519PrivateKey:
    """The key of a file. Raises SettingsInvalid, where others may read it too."""
    try:
        key = load_ssh_private_key(f"{read_secret(file, _VARIABLE)}\n".encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsInvalid(
            f"{_VARIABLE}: {file} は、パスフレーズのない OpenSSH の Ed25519 秘密鍵ではありません。kiosk feed sftp-key で作れます。 / "
            f"{_VARIABLE}: {file} is no Ed25519 private key in OpenSSH's form without a passphrase; `kiosk feed sftp-key` makes one."
        )
    return key


def key_text(key: Ed25519PrivateKey) -> bytes:
    """The private key in OpenSSH's form."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def public_line(key: Ed25519PrivateKey) -> str:
    """The public key as `known_hosts` has it behind the name of the host."""
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")


def fingerprint(key: Ed25519PrivateKey) -> str:
    """As OpenSSH shows it."""
    digest = hashlib.sha256(base64.b64decode(public_line(key).split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode('ascii').rstrip('=')}"
