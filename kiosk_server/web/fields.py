"""Values of the wire in their one allowed form. Patterns are pydantic's: `$` is the end of the text, digits are ASCII."""

import base64
import binascii
import re
from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from civil.text import text_fault

_RFC3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FIRST_BIRTH: Final = "1873-01-01"
"""Nobody who lives was born before Japan counted days as everybody does."""


def _visible(value: str) -> str:
    if text_fault(value) is not None:
        raise ValueError
    return value


def _instant(value: object) -> object:
    if not isinstance(value, str):
        return value
    if _RFC3339.fullmatch(value) is None:
        raise ValueError
    instant = datetime.fromisoformat(value)
    try:
        # Beyond the years 1 to 9999 in UTC nothing could be stored.
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError from None


def _birth(value: object) -> object:
    if not isinstance(value, str):
        return value
    if _DATE.fullmatch(value) is None or not value >= _FIRST_BIRTH:
        raise ValueError
    return date.fromisoformat(value)


def _base64(value: str) -> str:
    try:
        is_canonical = base64.b64encode(base64.b64decode(value, validate=True)).decode() == value
    except binascii.Error:
        is_canonical = False
    if not is_canonical:
        raise ValueError
    return value


Id = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_visible)]
"""An identifier of the caller's making: 1 to 64 visible characters in NFC, no control characters."""

Note = Annotated[str, Field(max_length=1000), AfterValidator(_visible)]
"""One line of text for staff."""

MunicipalityCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
"""全国地方公共団体コード, six digits with its check digit."""

Pin = Annotated[str, Field(pattern=r"^[0-9]{4}$", repr=False)]
"""The city's own 暗証番号: four ASCII digits."""

IssuerKeyId = Annotated[str, Field(pattern=r"^(?:[0-9a-f]{2}){1,32}$")]
"""Key identifier of the issuing CA, lower-case hex."""

Serial = Annotated[str, Field(pattern=r"^(?:0|[1-9][0-9]{0,48})$")]
"""Certificate serial number, decimal without leading zeros."""

UserIdText = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""利用者ID."""

PersonRef = Annotated[str, Field(pattern=r"^[!-~]{1,512}$")]
"""An opaque reference that a menu gave; it lives ten minutes."""

Choice = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]
"""Which one of several, as the menu named it."""

SessionToken = Annotated[str, Field(pattern=r"^[!-~]{1,4096}$")]
"""The sealed session that a menu gave."""

CertificateText = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=]{4,10924}$", repr=False), AfterValidator(_base64)]
"""A certificate (DER) in base64 with its padding, at most 8 KiB."""

SignatureText = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=]{4,1368}$", repr=False), AfterValidator(_base64)]
"""A signature in base64 with its padding, at most 1 KiB."""

ChallengeId = Annotated[str, Field(pattern=r"^[!-~]{1,4096}$", repr=False)]
"""The challenge as it was given; it lives two minutes."""

IssuanceNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
"""発行番号."""

PersonName = Annotated[str, Field(min_length=1, max_length=100, repr=False), AfterValidator(_visible)]
"""A name as a person gives it."""

Domicile = Annotated[str, Field(min_length=1, max_length=200, repr=False), AfterValidator(_visible)]
"""本籍 as a person gives it."""

BirthDate = Annotated[
    date, Field(repr=False), BeforeValidator(_birth), WithJsonSchema({"type": "string", "format": "date"})
]
"""A day of birth, as RFC 3339 writes a full date."""

Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
"""An instant as RFC 3339 with its offset; the value is in UTC."""
