"""Who may send by SFTP: public keys that the city has put into a directory, one file for each sender, as in `authorized_keys`."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from civil.errors import KioskError

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_LINE: Final = re.compile(
    r'(?:from="(?P<sources>[^"]+)" )?(?P<key>(?P<kind>[a-z0-9-]+) [A-Za-z0-9+/]+=*)(?: .*)?', re.ASCII
)
_KINDS: Final = {"ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"}
_LEAST_RSA_BITS: Final = 3072


class SftpSenderUnreadable(KioskError):
    """送り手の公開鍵を読めません。1行に1つ、from="192.0.2.0/24" ssh-ed25519 AAAA… の形(from= は省略可)で、Ed25519、ECDSA か3072ビット以上の RSA にしてください。 /
    A public key of a sender cannot be read. One a line, of the form from="192.0.2.0/24" ssh-ed25519 AAAA… (from= may be missing): Ed25519, ECDSA, or RSA of 3072 bits and more."""


class SftpSenderTwice(KioskError):
    """同じ名前の送り手が2つの市区町村にあります。名前を変えてください。 /
    Two municipalities have a sender of the same name: rename one."""


@dataclass(frozen=True, slots=True)
class SenderKey:
    """The key as SSH writes it, and from where it may be used; from everywhere where no network is named."""

    public: bytes
    sources: tuple[IPv4Network | IPv6Network, ...]


@dataclass(frozen=True, slots=True)
class SftpSender:
    """Of which city, under which name it signs in, and with what."""

    municipality_code: str
    name: str
    keys: tuple[SenderKey, ...]

    def may_use(self, public: bytes, address: IPv4Address | IPv6Address) -> bool:
        """Whether it signs in with this key from there."""
        return any(
            key.public == public and (not key.sources or any(address in source for source in key.sources))
            for key in self.keys
        )


def sftp_senders_in(directories: Mapping[str, Path]) -> dict[str, SftpSender]:
    """Each sender by its name, from the `NAME.pub` of each city's directory.

    Raises SftpSenderUnreadable, SftpSenderTwice and OSError.
    """
    senders: dict[str, SftpSender] = {}
    for city, directory in directories.items():
        for path in sorted(directory.glob("*.pub")):
            if path.stem in senders:
                raise SftpSenderTwice(f"{path.name}: {SftpSenderTwice()}")
            senders[path.stem] = SftpSender(city, path.stem, _keys(path))
    return senders


def _keys(path: Path) -> tuple[SenderKey, ...]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        keys = tuple(_key(line.strip()) for line in lines if line.strip() and not line.startswith("#"))
    except (ValueError, UnsupportedAlgorithm):
        keys = ()
    if not keys or _NAME.fullmatch(path.stem) is None:
        raise SftpSenderUnreadable(f"{path.name}: {SftpSenderUnreadable()}")
    return keys


def _key(line: str) -> SenderKey:
    found = _LINE.fullmatch(line)
    if found is None or found["kind"] not in _KINDS:
        raise ValueError
    key = load_ssh_public_key(found["key"].encode())
    if isinstance(key, RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        raise ValueError
    sources = tuple(ip_network(source.strip()) for source in (found["sources"] or "").split(",") if source.strip())
    return SenderKey(base64.b64decode(found["key"].split()[1]), sources)
