"""Certificates as programs of other people read them."""

from asn1crypto import pem


def as_pem(der: bytes) -> bytes:
    return bytes(pem.armor("CERTIFICATE", der))
