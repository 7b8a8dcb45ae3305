"""One unambiguous way to put several byte strings into one."""

from collections.abc import Iterable


def length_prefixed(parts: Iterable[bytes]) -> bytes:
    """Join parts, each after its length as 8 bytes, big-endian: no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
