"""A credential without its PIN: what storage, sessions and logs of decisions may see."""

from dataclasses import dataclass
from typing import assert_never

from cardauth.credential import (
    Credential,
    NotCanonical,
    UserCertificate,
    UserId,
    require_certificate_spelling,
    require_user_id_spelling,
)

_CERTIFICATE_PARTS = 3
_USER_ID_PARTS = 2


@dataclass(frozen=True, slots=True)
class UserCertificateKey:
    """The key of a 利用者証明用電子証明書: the issuing CA's key id (lower-case hex) and the serial (decimal).

    Raises NotCanonical when one of them is spelled in another way.
    """

    issuer_key_id: str
    serial: str

    def __post_init__(self) -> None:
        require_certificate_spelling(self.issuer_key_id, self.serial)

    @property
    def canonical(self) -> bytes:
        """The same bytes as `UserCertificate.canonical`."""
        return f"user_certificate/{self.issuer_key_id}/{self.serial}".encode()


@dataclass(frozen=True, slots=True)
class UserIdKey:
    """The key of a 利用者ID. Raises NotCanonical when it is spelled in another way."""

    user_id: str

    def __post_init__(self) -> None:
        require_user_id_spelling(self.user_id)

    @property
    def canonical(self) -> bytes:
        """The same bytes as `UserId.canonical`."""
        return f"user_id/{self.user_id}".encode()


CredentialKey = UserCertificateKey | UserIdKey


def credential_key(credential: Credential) -> CredentialKey:
    """Return the credential without its PIN."""
    match credential:
        case UserCertificate():
            return UserCertificateKey(credential.issuer_key_id, credential.serial)
        case UserId():
            return UserIdKey(credential.user_id)
        case _:
            assert_never(credential)


def parse_credential_key(canonical: bytes) -> CredentialKey:
    """Return the key whose canonical bytes these are; raises NotCanonical."""
    parts = canonical.decode("utf-8").split("/")
    if parts[0] == "user_certificate" and len(parts) == _CERTIFICATE_PARTS:
        return UserCertificateKey(parts[1], parts[2])
    if parts[0] == "user_id" and len(parts) == _USER_ID_PARTS:
        return UserIdKey(parts[1])
    raise NotCanonical("type")
