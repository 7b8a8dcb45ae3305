"""How long a DER object is, from its first bytes: cards keep certificates in files that are longer."""

from typing import Final

from cardauth.card.errors import CardDataBroken

_SEQUENCE: Final = 0x30
_LONG_FORM: Final = 0x80
_MOST_LENGTH_BYTES: Final = 4


def der_length(header: bytes) -> int:
    """Return the length in bytes of the SEQUENCE that begins here, tag and length included.

    Raises CardDataBroken for anything but one definite length in its shortest form (X.690 10.1).
    """
    if len(header) < 2 or header[0] != _SEQUENCE:  # noqa: PLR2004 - tag and length
        raise CardDataBroken
    first = header[1]
    if first < _LONG_FORM:
        return 2 + first
    count = first - _LONG_FORM
    written = header[2 : 2 + count]
    length = int.from_bytes(written)
    if not 1 <= count <= _MOST_LENGTH_BYTES or len(written) < count or length < _LONG_FORM or written[0] == 0:
        raise CardDataBroken
    return 2 + count + length
