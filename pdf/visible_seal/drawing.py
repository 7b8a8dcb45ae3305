"""Draws a code as a one-bit image (ISO/IEC 18004), its quiet zone included, so that nothing under it shows through."""

import zlib
from typing import Final

import segno
from PIL import Image

from pdf.file_writer import FileWriter
from pdf.visible_seal.seal_code import PLACE, SEAL_CODE, SealCode

_QUIET: Final = 4
"""Modules; what the standard asks for."""

_PIXELS: Final = 4
"""Of a module: a reader that smooths what it enlarges leaves the edges sharp."""

_ERROR_CORRECTION: Final = "m"
_MASK: Final = 0
"""Any mask is readable; to choose the best of eight costs five times the rest, and what is encoded looks random already."""


def modules(text: str) -> Image.Image:
    """The code with its quiet zone, one pixel for each module, dark ones black."""
    code = segno.make_qr(text, error=_ERROR_CORRECTION, mask=_MASK, boost_error=False)
    rows = [bytes(row) for row in code.matrix]
    side = len(rows)
    dark = Image.frombytes("L", (side, side), b"".join(rows))
    image = Image.new("1", (side + 2 * _QUIET, side + 2 * _QUIET), 1)
    image.paste(dark.point(lambda value: 0 if value else 255, "1"), (_QUIET, _QUIET))
    return image


def add_image(file: FileWriter, code: SealCode) -> bytes:
    """Put the image into the file; returns its entry for the page's resources."""
    image = modules(code.text)
    side = image.width * _PIXELS
    pixels = image.resize((side, side), Image.Resampling.NEAREST).tobytes()
    entries = (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/FlateDecode"
        % (side, side)
    )
    return b"/%b %d 0 R" % (SEAL_CODE.encode(), file.add_stream(entries, zlib.compress(pixels, 1)))


def operators() -> bytes:
    """What draws the image at its place."""
    return b"q %.2f 0 0 %.2f %.2f %.2f cm /%b Do Q\n" % (
        PLACE.width, PLACE.height, PLACE.x, PLACE.y, SEAL_CODE.encode(),
    )  # fmt: skip
