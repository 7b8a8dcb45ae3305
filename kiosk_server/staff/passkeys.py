"""Passkeys: what a browser is asked to make or to sign, and what is believed of its answer (W3C Web Authentication, level 2).

No attestation is asked for: any authenticator that verifies its person will do, as any authenticator of codes does.
"""

import json
import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from fido2.cose import ES256, RS256, CoseKey, EdDSA
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from civil.errors import KioskError

CHALLENGE_BYTES: Final = 32
LONGEST_NAME: Final = 40
MOST_PASSKEYS: Final = 10
"""Of one account."""
_ALGORITHMS: Final[tuple[type[CoseKey], ...]] = (ES256, EdDSA, RS256)
_SERVICE: Final = "証明書発行 職員画面"
_VERIFIED: Final = UserVerificationRequirement.REQUIRED
_NOT_AN_ANSWER: Final = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    struct.error,
    UnsupportedAlgorithm,
    NotImplementedError,
    RecursionError,
)
"""What the library raises for bytes that are none of an authenticator's."""


class PasskeyRefused(KioskError):
    """パスキーを確かめられませんでした。画面を開き直し、登録した機器で、もう一度操作してください。 /
    The passkey could not be verified. Open the page anew and try again with the device that you registered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A verified answer: which passkey, its public key where it is new, and its counter (0 where it has none)."""

    passkey_id: bytes = field(repr=False)
    credential: bytes = field(repr=False)
    sign_count: int


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """For whom passkeys are: one origin such as ``https://staff.city.example``; its host name is the RP ID."""

    origin: str

    @property
    def rp_id(self) -> str:
        """The domain that passkeys belong to."""
        return urlsplit(self.origin).hostname or ""

    def to_make(self, city: str, account_id: str, challenge: bytes, known: Sequence[bytes]) -> str:
        """Options to make a passkey with, as JSON; an authenticator that holds one of ``known`` makes no second one."""
        # What an authenticator keeps of the account says nothing of the person.
        user = PublicKeyCredentialUserEntity(id=user_handle(city, account_id), name=account_id, display_name=account_id)
        options, _ = self._server().register_begin(
            user, _credentials(known), ResidentKeyRequirement.DISCOURAGED, _VERIFIED, challenge=challenge
        )
        return json.dumps(dict(options.public_key))

    def to_sign(self, challenge: bytes, known: Sequence[bytes]) -> str:
        """Options to sign in with one of ``known``, as JSON."""
        options, _ = self._server().authenticate_begin(_credentials(known), _VERIFIED, challenge)
        return json.dumps(dict(options.public_key))

    def made(self, challenge: bytes, answer: str) -> Answer:
        """The passkey that was made for a challenge of ours. Raises PasskeyRefused."""
        return _believed(lambda: self._made(challenge, json.loads(answer)))

    def signed(self, challenge: bytes, known: Sequence[bytes], handle: bytes, answer: str) -> Answer:
        """Which of ``known`` signed a challenge of ours for its account. Raises PasskeyRefused."""
        return _believed(lambda: self._signed(challenge, known, handle, json.loads(answer)))

    def _made(self, challenge: bytes, given: Any) -> Answer:
        response = RegistrationResponse.from_dict(given)
        data = self._server().register_complete(self._state(challenge), response)
        made = data.credential_data
        _require(made is not None and made.credential_id == response.raw_id)
        _require(not response.response.client_data.cross_origin)
        assert made is not None  # noqa: S101 - as required above
        _require(type(made.public_key) in _ALGORITHMS)
        return Answer(made.credential_id, bytes(made), data.counter)

    def _signed(self, challenge: bytes, known: Sequence[bytes], handle: bytes, given: Any) -> Answer:
        response = AuthenticationResponse.from_dict(given)
        credential = self._server().authenticate_complete(self._state(challenge), _credentials(known), response)
        _require(not response.response.client_data.cross_origin)
        _require(response.response.user_handle in {None, b"", handle})
        counter = response.response.authenticator_data.counter
        return Answer(credential.credential_id, bytes(credential), counter)

    def _server(self) -> Fido2Server:
        server = Fido2Server(
            PublicKeyCredentialRpEntity(name=_SERVICE, id=self.rp_id), verify_origin=lambda given: given == self.origin
        )
        server.allowed_algorithms = [
            PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=kind.ALGORITHM)
            for kind in _ALGORITHMS
        ]
        return server

    @staticmethod
    def _state(challenge: bytes) -> Any:
        return {"challenge": websafe_encode(challenge), "user_verification": _VERIFIED}


def new_challenge() -> bytes:
    """256 random bits."""
    return os.urandom(CHALLENGE_BYTES)


def user_handle(city: str, account_id: str) -> bytes:
    """What an authenticator knows an account by: 32 bytes."""
    return sha256(f"{city}/{account_id}".encode()).digest()


def _credentials(known: Sequence[bytes]) -> Sequence[AttestedCredentialData]:
    return [AttestedCredentialData(one) for one in known]


def _believed(judge: Callable[[], Answer]) -> Answer:
    try:
        return judge()
    except _NOT_AN_ANSWER:
        raise PasskeyRefused from None


def _require(is_so: bool) -> None:  # noqa: FBT001 - the one thing it takes
    if not is_so:
        raise PasskeyRefused
