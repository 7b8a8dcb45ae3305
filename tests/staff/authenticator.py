"""A security key in software, which also does what no honest one would."""

import json
import os
import struct
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

_FLAG = AuthenticatorData.FLAG


@dataclass(slots=True)
class Authenticator:
    """One key. ``says``: what it puts in place of the truth (origin, rp_id, challenge, type, crossOrigin, user_handle)."""

    origin: str
    is_verified: bool = True
    counter: int = 0
    says: dict[str, Any] = field(default_factory=dict)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()), repr=False)
    passkey_id: bytes = field(default_factory=lambda: os.urandom(32))

    def make(self, options: str) -> str:
        """The answer to options to make a passkey, as a browser writes it."""
        asked = json.loads(options)
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]  # the library has no type for it
        made = AttestedCredentialData.create(bytes(16), self.passkey_id, public)
        data = self._data(asked["rp"]["id"], made)
        client = self._client("webauthn.create", asked)
        return self._written(
            {
                "clientDataJSON": websafe_encode(client),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            }
        )

    def sign(self, options: str) -> str:
        """The answer to options to sign in."""
        asked = json.loads(options)
        data, client = self._data(asked["rpId"]), self._client("webauthn.get", asked)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        answer = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
        }
        if "user_handle" in self.says:
            answer["userHandle"] = websafe_encode(self.says["user_handle"])
        return self._written(answer)

    def _data(self, rp_id: str, made: bytes = b"") -> AuthenticatorData:
        flags = _FLAG.UP | (_FLAG.UV if self.is_verified else _FLAG(0)) | (_FLAG.AT if made else _FLAG(0))
        named = str(self.says.get("rp_id", rp_id))
        return AuthenticatorData(sha256(named.encode()).digest() + struct.pack(">BI", flags, self.counter) + made)

    def _client(self, kind: str, asked: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(
            self.says.get("type", kind),
            self.says.get("challenge", websafe_decode(asked["challenge"])),
            self.says.get("origin", self.origin),
            self.says.get("crossOrigin", False),
        )

    def _written(self, response: dict[str, str]) -> str:
        named = websafe_encode(self.passkey_id)
        return json.dumps(
            {"id": named, "rawId": named, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )
