"""Reads the code at its place back: PDFium paints it, ZXing decodes what was painted (what it draws is compared with
another encoder's in the tests).
"""

import ctypes
from typing import Any, Final

import pypdfium2.raw as pdfium
import zxingcpp

from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH
from pdf.visible_seal.seal_code import PLACE

PAINTED: Final = 231
"""Pixels of each side: three for a module of the largest code that is printed, so that none is missed."""

_SCALE: Final = PAINTED / PLACE.width
_LEFT: Final = round(PLACE.x * _SCALE)
_TOP: Final = round((PAGE_HEIGHT - PLACE.y - PLACE.height) * _SCALE)
_FORMATS: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_WHITE: Final = 0xFFFFFFFF


def paint_place(page: Any) -> bytes:
    """The place of the code on a page that PDFium has loaded: grey pixels, `PAINTED` rows of as many."""
    pixels = ctypes.create_string_buffer(PAINTED * PAINTED)
    bitmap = pdfium.FPDFBitmap_CreateEx(PAINTED, PAINTED, pdfium.FPDFBitmap_Gray, pixels, PAINTED)
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, PAINTED, PAINTED, _WHITE)
        whole = round(PAGE_WIDTH * _SCALE), round(PAGE_HEIGHT * _SCALE)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, -_LEFT, -_TOP, *whole, 0, pdfium.FPDF_RENDER_NO_SMOOTHIMAGE)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return pixels.raw


def text_in(painted: bytes) -> str | None:
    """What the QR code says that fills a painted place; None where there is none, or anything beside it."""
    image = memoryview(painted).cast("B", (PAINTED, PAINTED))
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
