"""Reads the code at its place back: PDFium paints it, ZXing decodes what was painted (what it draws is compared with
another encoder's in the tests).
"""

import ctypes
from math import isqrt
from typing import Any, Final

import pypdfium2.raw as pdfium
import zxingcpp

from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH
from pdf.visible_seal.seal_code import PLACE

PAINTED_OF_A_MODULE: Final = 2
"""Pixels: as few as a reader of perfect pictures is sure of, as long as each module has as many."""

MOST_PAINTED: Final = 400
"""Pixels of a side; far more than the largest code has."""

_FORMATS: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_WHITE: Final = 0xFFFFFFFF


def paint_place(page: Any, side: int) -> bytes:
    """The place of the code on a page that PDFium has loaded: grey pixels, `side` rows of as many."""
    scale = side / PLACE.width
    left, top = round(PLACE.x * scale), round((PAGE_HEIGHT - PLACE.y - PLACE.height) * scale)
    pixels = ctypes.create_string_buffer(side * side)
    bitmap = pdfium.FPDFBitmap_CreateEx(side, side, pdfium.FPDFBitmap_Gray, pixels, side)
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, side, side, _WHITE)
        whole = round(PAGE_WIDTH * scale), round(PAGE_HEIGHT * scale)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, -left, -top, *whole, 0, pdfium.FPDF_RENDER_NO_SMOOTHIMAGE)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return pixels.raw


def text_in(painted: bytes) -> str | None:
    """What the QR code says that fills a painted place; None where there is none, or anything beside it."""
    side = isqrt(len(painted))
    image = memoryview(painted).cast("B", (side, side))
    found = zxingcpp.read_barcodes(
        image,
        formats=_FORMATS,
        binarizer=zxingcpp.Binarizer.FixedThreshold,
        is_pure=True,
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
    )
    return found[0].text or None if len(found) == 1 else None
