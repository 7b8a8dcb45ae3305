"""Credentials in one canonical form, so that two spellings of one credential can never be two credentials."""

import re
from dataclasses import dataclass, field
from typing import Final

from civil.errors import KioskError

_SERIAL: Final = re.compile(r"0|[1-9][0-9]{0,48}")
_KEY_ID: Final = re.compile(r"(?:[0-9a-f]{2}){1,32}")
_USER_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PIN: Final = re.compile(r"[0-9]{4}")


class NotCanonical(KioskError):
    """A credential field is not in its one allowed form."""

    def __init__(self, field_name: str) -> None:
        super().__init__(f"credential.{field_name} is not in canonical form")
        self.field_name = field_name


def _require(pattern: re.Pattern[str], field_name: str, value: str) -> None:
    if pattern.fullmatch(value) is None:
        raise NotCanonical(field_name)


def user_id_ok(text: str) -> bool:
    """Whether a text may be a 利用者ID: 1 to 64 letters, digits, hyphens and underscores."""
    return _USER_ID.fullmatch(text) is not None


def require_certificate_spelling(issuer_key_id: str, serial: str) -> None:
    """Lower-case hex of 1 to 32 bytes, and decimal without leading zeros. Raises NotCanonical."""
    _require(_KEY_ID, "issuer_key_id", issuer_key_id)
    _require(_SERIAL, "serial", serial)


def require_user_id_spelling(user_id: str) -> None:
    """Letters, digits, - and _, at most 64. Raises NotCanonical."""
    _require(_USER_ID, "user_id", user_id)


@dataclass(frozen=True, slots=True)
class UserCertificate:
    """利用者証明用電子証明書: decimal serial without leading zeros, lower-case hex of the issuing CA's key id, city PIN."""

    issuer_key_id: str
    serial: str
    pin: str = field(repr=False)

    def __post_init__(self) -> None:
        require_certificate_spelling(self.issuer_key_id, self.serial)
        _require(_PIN, "pin", self.pin)

    @property
    def canonical(self) -> bytes:
        """The credential without its PIN, as bytes that no other credential shares."""
        return f"user_certificate/{self.issuer_key_id}/{self.serial}".encode()


@dataclass(frozen=True, slots=True)
class UserId:
    """利用者ID and PIN, for cities that still use it (PIA L2225)."""

    user_id: str
    pin: str = field(repr=False)

    def __post_init__(self) -> None:
        require_user_id_spelling(self.user_id)
        _require(_PIN, "pin", self.pin)

    @property
    def canonical(self) -> bytes:
        """The credential without its PIN, as bytes that no other credential shares."""
        return f"user_id/{self.user_id}".encode()


Credential = UserCertificate | UserId
