"""Reads the signature out of a signed file's /Contents, strictly: one spelling only, so that no byte is free."""

from asn1crypto import cms

from pdf.errors import SignatureMismatch

_SMALLEST = 2


def signature_der(contents: bytes) -> bytes:
    """The DER in `<3082…00>`, the bytes between a signature's two ranges.

    Raises `SignatureMismatch` unless it is lower-case hex of one DER value followed by zeros only.
    """
    digits = contents[1:-1]
    if len(contents) < _SMALLEST or contents[:1] != b"<" or contents[-1:] != b">":
        raise SignatureMismatch
    try:
        data = bytes.fromhex(digits.decode("ascii"))
        der = bytes(cms.ContentInfo.load(data).dump())
    except ValueError as broken:
        raise SignatureMismatch from broken
    if data.hex().encode() != digits or not data.startswith(der) or any(data[len(der) :]):
        raise SignatureMismatch
    return der
