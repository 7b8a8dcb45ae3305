"""The fingerprint by which a repeated request is known to be the same: a keyed hash of its canonical body without the PIN."""

import dataclasses
import json

from cardauth import UserCertificate, UserId
from keys.keyed_hash import keyed_hash
from keys.secret_key import SecretKey
from kiosk_server.issuing.request import IssuanceRequest, MenuRequest


def fingerprint(key: SecretKey, request: IssuanceRequest | MenuRequest) -> bytes:
    """32 bytes; two requests share them only if they ask for the same thing with the same credential."""
    body = {
        field.name: getattr(request, field.name)
        for field in dataclasses.fields(request)
        if field.name not in ("request_id", "credential")
    }
    canonical = json.dumps(body, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return keyed_hash(key, _credential(request), canonical.encode())


def _credential(request: IssuanceRequest | MenuRequest) -> bytes:
    credential = request.credential
    if isinstance(credential, UserCertificate | UserId):
        return credential.canonical
    return b"session/" + credential.token.encode()


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(type(value).__name__)
