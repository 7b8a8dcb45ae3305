"""An ICC profile for sRGB, small and always the same: the output intent that PDF/A asks for (ICC.1:2001-04).

The tone curve is the plain gamma of 2.2 instead of sRGB's two-part curve: the pages are black, greys and vermilion.
"""

import struct
from functools import cache

_WHITE = (0.9642, 1.0, 0.8249)
_RED = (0.4361, 0.2225, 0.0139)
_GREEN = (0.3851, 0.7169, 0.0971)
_BLUE = (0.1431, 0.0606, 0.7141)
_NAME = b"sRGB (gamma 2.2)"
_HEADER_SIZE = 128


@cache
def srgb_profile() -> bytes:
    """The profile's bytes."""
    curve = struct.pack(">4s4xLH2x", b"curv", 1, round(2.2 * 256))
    description = struct.pack(">4s4xL", b"desc", len(_NAME) + 1) + _NAME + bytes(1 + 4 + 4 + 2 + 1 + 67)
    values = {
        b"desc": description,
        b"cprt": b"text" + bytes(4) + b"No copyright\0",
        b"wtpt": _xyz(_WHITE),
        b"rXYZ": _xyz(_RED),
        b"gXYZ": _xyz(_GREEN),
        b"bXYZ": _xyz(_BLUE),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _profile(values)


def _profile(values: dict[bytes, bytes]) -> bytes:
    offset = _HEADER_SIZE + 4 + 12 * len(values)
    directory, body = struct.pack(">L", len(values)), b""
    for tag, value in values.items():
        directory += struct.pack(">4sLL", tag, offset + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    size = offset + len(body)
    return _header(size) + directory + body


def _header(size: int) -> bytes:
    date = (2026, 1, 1, 0, 0, 0)
    start = struct.pack(">L4xL4s4s4s6H4s", size, 0x02400000, b"mntr", b"RGB ", b"XYZ ", *date, b"acsp")
    return (start + bytes(28) + struct.pack(">3l", *map(_fixed, _WHITE))).ljust(_HEADER_SIZE, b"\0")


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3l", *map(_fixed, values))


def _fixed(value: float) -> int:
    return round(value * 65536)
