"""Credentials and PINs as staff write them: read into their one form, or refused without being repeated."""

from datetime import datetime, timedelta

from cardauth import (
    CredentialKey,
    HashedPin,
    NotCanonical,
    UserCertificate,
    UserCertificateKey,
    UserId,
    UserIdKey,
    hash_pin,
)
from civil.calendar import jst_date, jst_midnight
from civil.errors import KioskError
from keys.provider import KeyProvider


class CredentialMiswritten(KioskError):
    """シリアル番号は先頭に0を付けない十進数、発行者は小文字の16進数です。 /
    A serial is decimal without leading zeros, an issuer lower-case hex."""


class PinOrUserIdMiswritten(KioskError):
    """利用者IDは英数字と - _ 、暗証番号は数字4桁です。 / A user id is of letters, digits, - and _, and a PIN four digits."""


class EarlierHalfNamed(KioskError):
    """前の電子証明書は、シリアル番号と発行者の両方を示してください(コマンドでは --earlier-serial と --earlier-issuer-key-id)。 /
    Give both serial and issuer of the earlier certificate (--earlier-serial and --earlier-issuer-key-id)."""


def certificate_key(issuer_key_id: str, serial: str) -> UserCertificateKey:
    """The certificate that is named so. Raises CredentialMiswritten."""
    try:
        return UserCertificateKey(issuer_key_id, serial)
    except NotCanonical:
        raise CredentialMiswritten from None


def earlier_key(issuer_key_id: str | None, serial: str | None) -> UserCertificateKey | None:
    """The earlier certificate, None where nothing is told. Raises EarlierHalfNamed, CredentialMiswritten."""
    if not issuer_key_id and not serial:
        return None
    if not issuer_key_id or not serial:
        raise EarlierHalfNamed
    return certificate_key(issuer_key_id, serial)


def user_id_key(user_id: str) -> UserIdKey:
    """The 利用者ID that is named so. Raises PinOrUserIdMiswritten."""
    try:
        return UserIdKey(user_id)
    except NotCanonical:
        raise PinOrUserIdMiswritten from None


def hashed_pin(keys: KeyProvider, municipality_code: str, key: CredentialKey, digits: str) -> HashedPin:
    """The PIN as it is stored. Raises PinOrUserIdMiswritten, KeyNotFound."""
    try:
        if isinstance(key, UserIdKey):
            return hash_pin(keys, municipality_code, UserId(key.user_id, digits))
        return hash_pin(keys, municipality_code, UserCertificate(key.issuer_key_id, key.serial, digits))
    except NotCanonical:
        raise PinOrUserIdMiswritten from None


def tomorrow(now: datetime) -> datetime:
    """The next midnight in Japan after ``now`` (UTC): many cities let a new card begin then."""
    return jst_midnight(jst_date(now) + timedelta(days=1))
