"""The pages of a file as one picture, for whoever looks at a paper before it is made."""

from io import BytesIO

import pypdfium2
from PIL import Image

from pdf.page_reader import ONE_READER

_POINTS_PER_INCH = 72
_GAP = 8


def page_picture(content: bytes, dots_per_inch: int = 96) -> bytes:
    """Return a PNG of every page of a file of ours, below each other."""
    scale = dots_per_inch / _POINTS_PER_INCH
    with ONE_READER, pypdfium2.PdfDocument(content) as document:
        pages = [page.render(scale=scale).to_pil().convert("L") for page in document]
    height = sum(page.height + _GAP for page in pages) - _GAP
    whole = Image.new("L", (max(page.width for page in pages), height), 160)
    top = 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height + _GAP
    out = BytesIO()
    whole.save(out, "PNG")
    return out.getvalue()
