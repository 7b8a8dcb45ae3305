"""Seals' PNG as PDF image data. A city has one official seal for years, so each is decoded once and kept; a resident's is not kept."""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image

from pdf.errors import SnapshotInvalid

QUICK = 4
"""0.8 ms for a resident's seal, where the smallest takes 9.5 and saves 1.7 KB."""

SMALLEST = 9


@dataclass(frozen=True, slots=True)
class SealImage:
    """Width and height in pixels; 8-bit RGB and 8-bit opacity, row by row from the top."""

    width: int
    height: int
    rgb: bytes
    opacity: bytes


def read_pixels(png: bytes) -> SealImage:
    """The pixels of a PNG; raises `SnapshotInvalid` if it is none."""
    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as image:
            pixels = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError) as broken:
        raise SnapshotInvalid("印影の画像を読めません / the seal is no PNG image") from broken
    return SealImage(pixels.width, pixels.height, pixels.convert("RGB").tobytes(), pixels.getchannel("A").tobytes())


def compressed(image: SealImage, effort: int = QUICK) -> tuple[bytes, bytes]:
    """Colours and opacity, each compressed for /FlateDecode."""
    return zlib.compress(image.rgb, effort), zlib.compress(image.opacity, effort)


@lru_cache(maxsize=64)
def decode(png: bytes) -> SealImage:
    """The pixels of an official seal, kept."""
    return read_pixels(png)


@lru_cache(maxsize=64)
def deflated(png: bytes) -> tuple[bytes, bytes]:
    """The official seal's colours and opacity, compressed once and kept."""
    return compressed(decode(png), SMALLEST)
