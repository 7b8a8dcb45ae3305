"""Makes the keys of an installation, and later versions of them."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from civil.clock import Clock, utc_now
from keys.development_ca import IssuedCa, issue_document_certificate, make_development_ca
from keys.document_key import DocumentPrivateKey
from keys.errors import DemoKeyInProduction, KeyNotFound, WeakPassphrase
from keys.key_file import (
    DocumentCertificate,
    KeyEntry,
    KeyFile,
    TokenPlace,
    read_key_file,
    replace_key_file,
    write_new_key_file,
)
from keys.provider import Marker
from keys.purpose import SECRET_PURPOSES, STATEMENT_PURPOSES, Purpose
from keys.secret_key import KEY_BYTES
from keys.wrapping import DEMO_WORK, PRODUCTION_WORK, Wrapper, new_scrypt

STATEMENT_KEY_LIFE = timedelta(days=5 * 365)
"""How long a statement key signs. Its dates are published with it, so they are fixed when it is made."""

DocumentAlgorithm = Literal["p256", "p384", "rsa2048", "rsa3072"]
"""What a document signing key may be."""

_RSA_EXPONENT = 65537
_SHORTEST_PASSPHRASE = {"demo": 1, "production": 16}


def create_keys(
    directory: Path,
    passphrase: bytes,
    *,
    marker: Marker,
    ca: IssuedCa | None = None,
    clock: Clock = utc_now,
) -> None:
    """Make version 1 of every key in a new key file, readable by this user only.

    A demo's document certificate is issued by `ca`, or by a development CA that is then thrown away. Production keys get
    theirs later (`keys.document_certificate`). Raises KeyFileExists, WeakPassphrase (production: 16 bytes at least),
    DemoKeyInProduction for a development CA under the marker production.
    """
    if len(passphrase) < _SHORTEST_PASSPHRASE[marker]:
        raise WeakPassphrase
    if marker == "production" and ca is not None:
        raise DemoKeyInProduction
    now = clock()
    kdf = new_scrypt(DEMO_WORK if marker == "demo" else PRODUCTION_WORK)
    wrapper = Wrapper(passphrase, kdf)
    document_key = ec.generate_private_key(ec.SECP256R1())
    document = wrapped_entry(wrapper, marker, Purpose.DOCUMENT_SIGNATURE, 1, _pkcs8(document_key), now, now)
    content = KeyFile.model_construct(
        marker=marker,
        kdf=kdf,
        check=wrapper.check(),
        keys=(document, *_secret_entries(wrapper, marker, now)),
        documents=(_demo_certificate(document_key.public_key(), ca, now),) if marker == "demo" else (),
    )
    write_new_key_file(directory, content)


def add_key_version(
    directory: Path,
    passphrase: bytes,
    purpose: Purpose,
    *,
    not_before: datetime | None = None,
    clock: Clock = utc_now,
) -> int:
    """Add the next version of a secret key, in force from `not_before` (default: now), and return its number.

    Older versions stay, to read what they made. A statement key ends by itself (`STATEMENT_KEY_LIFE`). Running processes
    take it up by themselves (`keys.live_keys`). Raises KeyNotFound for the document signing key, WrongPassphrase,
    KeyFileUnreadable.
    """
    if purpose not in SECRET_PURPOSES:
        raise KeyNotFound
    return _add_version(directory, passphrase, purpose, os.urandom(KEY_BYTES), not_before, clock())


def add_document_key(
    directory: Path,
    passphrase: bytes,
    algorithm: DocumentAlgorithm = "p256",
    *,
    not_before: datetime | None = None,
    clock: Clock = utc_now,
) -> int:
    """Add the next version of the document signing key, and return its number.

    It signs nothing before `not_before` (default: now), nor before its certificate is installed
    (`keys.document_certificate`); the one before it goes on until then. Raises WrongPassphrase, KeyFileUnreadable.
    """
    material = _pkcs8(_new_document_key(algorithm))
    return _add_version(directory, passphrase, Purpose.DOCUMENT_SIGNATURE, material, not_before, clock())


def add_token_key(
    directory: Path,
    passphrase: bytes,
    place: TokenPlace,
    *,
    not_before: datetime | None = None,
    clock: Clock = utc_now,
) -> int:
    """Add a key on a token as the next version of the document signing key, and return its number; as `add_document_key`."""
    return _add_version(directory, passphrase, Purpose.DOCUMENT_SIGNATURE, b"", not_before, clock(), place)


def _add_version(
    directory: Path,
    passphrase: bytes,
    purpose: Purpose,
    material: bytes,
    not_before: datetime | None,
    now: datetime,
    token: TokenPlace | None = None,
) -> int:
    content = read_key_file(directory)
    wrapper = Wrapper(passphrase, content.kdf)
    wrapper.require(content.check)
    version = 1 + max((entry.version for entry in content.keys if entry.purpose is purpose), default=0)
    entry = wrapped_entry(wrapper, content.marker, purpose, version, material, now, not_before or now, token)
    replace_key_file(directory, content.model_copy(update={"keys": (*content.keys, entry)}))
    return version


def change_passphrase(directory: Path, old: bytes, new: bytes) -> None:
    """Wrap every key anew under another passphrase; the keys stay the same. Raises WrongPassphrase, WeakPassphrase."""
    content = read_key_file(directory)
    if len(new) < _SHORTEST_PASSPHRASE[content.marker]:
        raise WeakPassphrase
    before = Wrapper(old, content.kdf)
    before.require(content.check)
    kdf = new_scrypt(content.kdf.n)
    after = Wrapper(new, kdf)
    entries = []
    for entry in content.keys:
        bound = entry.bound(content.marker)
        entries.append(entry.model_copy(update={"wrapped": after.wrap(before.unwrap(entry.wrapped, bound), bound)}))
    replace_key_file(directory, content.model_copy(update={"kdf": kdf, "check": after.check(), "keys": tuple(entries)}))


def wrapped_entry(
    wrapper: Wrapper,
    marker: Marker,
    purpose: Purpose,
    version: int,
    material: bytes,
    created: datetime,
    not_before: datetime,
    token: TokenPlace | None = None,
) -> KeyEntry:
    """Return the entry of a key, its material bound to all that the entry says in the clear."""
    not_after = not_before + STATEMENT_KEY_LIFE if purpose in STATEMENT_PURPOSES else None
    entry = KeyEntry.model_construct(
        purpose=purpose,
        version=version,
        created=created,
        not_before=not_before,
        not_after=not_after,
        wrapped=b"",
        token=token,
    )
    return entry.model_copy(update={"wrapped": wrapper.wrap(material, entry.bound(marker))})


def _secret_entries(wrapper: Wrapper, marker: Marker, now: datetime) -> Iterator[KeyEntry]:
    for purpose in SECRET_PURPOSES:
        yield wrapped_entry(wrapper, marker, purpose, 1, os.urandom(KEY_BYTES), now, now)


def _new_document_key(algorithm: DocumentAlgorithm) -> DocumentPrivateKey:
    if algorithm.startswith("rsa"):
        return rsa.generate_private_key(_RSA_EXPONENT, int(algorithm.removeprefix("rsa")))
    return ec.generate_private_key(ec.SECP256R1() if algorithm == "p256" else ec.SECP384R1())


def _pkcs8(key: DocumentPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _demo_certificate(public_key: ec.EllipticCurvePublicKey, ca: IssuedCa | None, now: datetime) -> DocumentCertificate:
    issuer = ca or make_development_ca("見本認証局 DEMO CA", now)
    certificate = issue_document_certificate(issuer, public_key, now)
    leaf = certificate.public_bytes(serialization.Encoding.DER)
    return DocumentCertificate.model_construct(version=1, certificate=leaf, chain=(issuer.certificate_der,))
