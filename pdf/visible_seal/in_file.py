"""What the visible seal adds to the file beside the drawing: the salt of the page digests, and the form of the image."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final

from pdf.errors import VisibleSealMismatch
from pdf.page_plan import PagePlan
from pdf.strict_file import stream_of
from pdf.visible_seal.drawing import PIXELS_OF_A_MODULE

SALT_KEY: Final = "/SealSalt"
"""In the information dictionary."""

_ENTRIES: Final = re.compile(
    rb"/Type/XObject/Subtype/Image/Width ([1-9]\d{1,2})/Height \1/BitsPerComponent 1/ColorSpace/DeviceGray"
)
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
    failed = partial(VisibleSealMismatch, planned.number)
    entries, data = stream_of(item, failed)
    found = _ENTRIES.fullmatch(entries)
    if found is None:
        raise failed()
    side = int(found[1])
    row = -(-side // 8)
    if len(data) != row * side or not _is_of_modules(data, row):
        raise failed()


def _is_of_modules(pixels: bytes, row: int) -> bool:
    """Whether one-bit rows of so many bytes are modules of one colour each: what is painted shows one pixel of each row."""
    rows = [pixels[start : start + row] for start in range(0, len(pixels), row * PIXELS_OF_A_MODULE)]
    return not pixels.translate(None, _WHOLE_MODULES) and b"".join([one * PIXELS_OF_A_MODULE for one in rows]) == pixels
