"""The fingerprint by which a repeated request is known to be the same: a keyed hash of its canonical body without the PIN."""

import dataclasses
import json
from datetime import date

from cardauth import CardSignature, UserCertificate, UserId
from keys.keyed_hash import keyed_hash
from keys.provider import KeyProvider
from keys.purpose import Purpose
from kiosk_server.issuing.request import CredentialRequest


def fingerprints(keys: KeyProvider, request: CredentialRequest) -> tuple[bytes, ...]:
    """32 bytes under every version of the key, newest first: a request may come again after the key was renewed.

    Two requests share one only if they ask for the same thing with the same credential.
    """
    body = {
        field.name: getattr(request, field.name)
        for field in dataclasses.fields(request)
        if field.name not in {"request_id", "credential"}
    }
    canonical = json.dumps(body, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    versions = keys.versions(Purpose.REQUEST_FINGERPRINT)
    secrets = [keys.secret(Purpose.REQUEST_FINGERPRINT, version) for version in versions]
    return tuple(keyed_hash(secret, _credential(request), canonical) for secret in secrets)


def _credential(request: CredentialRequest) -> bytes:
    credential = request.credential
    if isinstance(credential, UserCertificate | UserId | CardSignature):
        return credential.canonical
    return b"session/" + credential.token.encode()


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(type(value).__name__)
