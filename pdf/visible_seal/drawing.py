"""Draws a code as a one-bit image (ISO/IEC 18004), its quiet zone included, so that nothing under it shows through."""

from math import isqrt
from typing import Final

import zxingcpp

from pdf.file_writer import FileWriter
from pdf.visible_seal.seal_code import PLACE, SEAL_CODE, SealCode

PIXELS_OF_A_MODULE: Final = 4
"""A reader that smooths what it enlarges leaves the edges sharp. Four pixels are one hexadecimal digit."""

_ERROR_CORRECTION: Final = "M"
_MASK: Final = 0
"""Any mask is readable; to choose the best of eight costs eight times the rest, and what is encoded looks random already."""

_DIGITS: Final = b"0" + 255 * b"f"


def modules(text: str) -> list[str]:
    """The code with its quiet zone (four modules, as the standard asks), row by row from the top: 0 is black, f white."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=_ERROR_CORRECTION, data_mask=_MASK)
    image = memoryview(code.to_image())  # type: ignore[arg-type]  # a buffer, though its stub does not say so
    digits = bytes(image).translate(_DIGITS).decode()
    side = isqrt(len(digits))
    return [digits[start : start + side] for start in range(0, side * side, side)]


def pixels(rows: list[str]) -> bytes:
    """One-bit rows from the top, each filled up to whole bytes."""
    fill = "0" * (len(rows) % 2)
    return bytes.fromhex("".join([(row + fill) * PIXELS_OF_A_MODULE for row in rows]))


def add_image(file: FileWriter, code: SealCode) -> int:
    """Put the image into the file, not compressed: 8 KB more, and 0.1 ms less to write and to read; returns its number."""
    rows = modules(code.text)
    side = len(rows) * PIXELS_OF_A_MODULE
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 1/ColorSpace/DeviceGray" % (side, side)
    return file.add_stream(entries, pixels(rows))


def operators() -> bytes:
    """What draws the image at its place."""
    return b"q %.2f 0 0 %.2f %.2f %.2f cm /%b Do Q\n" % (
        PLACE.width, PLACE.height, PLACE.x, PLACE.y, SEAL_CODE.encode(),
    )  # fmt: skip
