"""DER (X.690) as far as the one spelling of our signatures, and of what authorities give, needs it."""

from typing import Final

SEQUENCE: Final = 0x30
SET: Final = 0x31
OCTETS: Final = 0x04
BITS: Final = 0x03
TAGGED: Final = 0xA0
LONG_LENGTH: Final = 0x80
"""In the byte behind the tag: so many bytes of length follow."""


def element(tag: int, *parts: bytes) -> bytes:
    """The one with this tag, whose content are the parts one after the other."""
    content = b"".join(parts)
    size = len(content)
    if size < LONG_LENGTH:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, LONG_LENGTH | len(length))) + length + content
