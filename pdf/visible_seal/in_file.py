"""What the visible seal adds to the file beside the drawing: the salt of the page digests, and the form of the image."""

import re
import zlib
from collections.abc import Sequence
from typing import Final

from pdf.errors import VisibleSealMismatch
from pdf.page_plan import PagePlan
from pdf.visible_seal.drawing import PIXELS_OF_A_MODULE

SALT_KEY: Final = "/SealSalt"
"""In the information dictionary."""

_IMAGE: Final = re.compile(
    rb"<</Type/XObject/Subtype/Image/Width (\d+)/Height \1/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/FlateDecode"
    rb"/Length (\d+)>>\nstream\n"
)
_END: Final = b"\nendstream"
_WHOLE_MODULES: Final = b"\x00\x0f\xf0\xff"
"""The bytes of a row in which each four bits are one module."""


def salt_entry(pages: Sequence[PagePlan]) -> bytes:
    """The entry for the information dictionary; nothing for pages without codes."""
    code = pages[0].seal_code
    return b"" if code is None else b"%b<%b>" % (SALT_KEY.encode(), code.salt.hex().encode())


def check_image(item: bytes, planned: PagePlan) -> None:
    """The image of the code is opaque, has no other version of itself, and is all that its stream holds.

    What it shows is painted and read. Raises `VisibleSealMismatch`.
    """
    found = _IMAGE.match(item)
    data = item[found.end() :].removesuffix(_END) if found is not None else b""
    if found is None or len(data) != int(found[2]) or len(item) != found.end() + len(data) + len(_END):
        raise VisibleSealMismatch(planned.number)
    if not _is_of_modules(data, int(found[1])):
        raise VisibleSealMismatch(planned.number)


def _is_of_modules(data: bytes, side: int) -> bool:
    """Whether deflated one-bit pixels are modules of one colour each: what is painted shows only one pixel of each row."""
    inflater = zlib.decompressobj()
    try:
        pixels = inflater.decompress(data)
    except zlib.error:
        return False
    row = -(-side // 8)
    rows = [pixels[start : start + row] for start in range(0, len(pixels), row * PIXELS_OF_A_MODULE)]
    sharp = (
        not pixels.translate(None, _WHOLE_MODULES) and b"".join([one * PIXELS_OF_A_MODULE for one in rows]) == pixels
    )
    return sharp and len(pixels) == row * side and inflater.eof and not inflater.unused_data
