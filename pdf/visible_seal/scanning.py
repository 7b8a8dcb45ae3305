"""Reads codes off PDF files, scans and photographs (PDFium paints, Pillow prepares, ZXing decodes)."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp
from pikepdf import Pdf, PdfError
from PIL import Image, ImageChops, ImageFilter, ImageOps

from pdf.page_reader import ONE_READER, text_drawn
from pdf.visible_seal.in_file import SALT_KEY
from pdf.visible_seal.judging import ReadPage, ReadSheets
from pdf.visible_seal.page_digest import SALT_BYTES
from pdf.visible_seal.statement import is_of_a_seal

_FORMATS: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_DOTS_PER_INCH: Final = 300
_MOST_PAGES: Final = 200
_MOST_PIXELS: Final = 120_000_000
_LARGE: Final = 2400
"""Pixels of the longer side; below it a picture is enlarged too."""


def read_picture(content: bytes) -> ReadSheets | None:
    """The codes of a PNG or JPEG; None for anything else, damaged or too large."""
    try:
        with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            grey = _on_white(image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return ReadSheets((ReadPage(codes_in(grey)),))


def read_pdf(content: bytes) -> ReadSheets | None:
    """The codes and, where the file has our salt, the text of each page; None for what PDFium cannot read."""
    try:
        with ONE_READER, pypdfium2.PdfDocument(content) as document:
            if len(document) > _MOST_PAGES:
                return None
            pages = tuple(_page(page) for page in document)
    except (pypdfium2.PdfiumError, ValueError):
        return None
    return ReadSheets(pages, _salt(content))


def codes_in(grey: Image.Image) -> tuple[str, ...]:
    """What the QR codes of a picture say, each once; the picture is prepared further as long as none of ours is found."""
    for prepared in _prepared(grey):
        found = zxingcpp.read_barcodes(prepared, formats=_FORMATS)
        if any(is_of_a_seal(one.text) for one in found):
            return tuple(dict.fromkeys(one.text for one in found))
    return ()


def _prepared(grey: Image.Image) -> Iterator[Image.Image]:
    yield grey
    flat = _evenly_lit(grey)
    yield flat
    yield flat.filter(ImageFilter.UnsharpMask(radius=3, percent=250))
    yield flat.filter(ImageFilter.MedianFilter(3))
    if max(grey.size) < _LARGE:
        larger = flat.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
        yield larger
        yield larger.filter(ImageFilter.UnsharpMask(radius=4, percent=250))
    else:
        yield flat.resize((grey.width // 2, grey.height // 2), Image.Resampling.BOX)


def _evenly_lit(grey: Image.Image) -> Image.Image:
    """Without the shade that lies over it: only what is darker than its surroundings is left."""
    coarse = grey.resize((max(grey.width // 16, 1), max(grey.height // 16, 1)), Image.Resampling.BOX)
    paper = coarse.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(4)).resize(grey.size)
    ink = ImageChops.subtract(paper, grey)
    return ImageOps.autocontrast(ImageOps.invert(ink), cutoff=1)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    return image.convert("L")


def _page(page: Any) -> ReadPage:
    try:
        width, height = page.get_size()
        scale = min(_DOTS_PER_INCH / 72, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
        grey = page.render(scale=scale, grayscale=True).to_pil().convert("L")
        return ReadPage(codes_in(grey), _text(page))
    finally:
        page.close()


def _text(page: Any) -> str | None:
    """All text objects in drawing order; None for a page that has none, such as a scan."""
    text_page = pdfium.FPDFText_LoadPage(page.raw)
    try:
        items = [pdfium.FPDFPage_GetObject(page.raw, n) for n in range(pdfium.FPDFPage_CountObjects(page.raw))]
        kinds = [pdfium.FPDFPageObj_GetType(item) for item in items]
        pieces = [
            text_drawn(item, text_page)
            for item, kind in zip(items, kinds, strict=True)
            if kind == pdfium.FPDF_PAGEOBJ_TEXT
        ]
    finally:
        pdfium.FPDFText_ClosePage(text_page)
    # A form may hold text of its own: no page of ours has one, so its text can never be the one that was signed.
    forms = "\x00" if pdfium.FPDF_PAGEOBJ_FORM in kinds and pieces else ""
    return "".join(pieces) + forms if pieces else None


def _salt(content: bytes) -> bytes | None:
    try:
        with Pdf.open(BytesIO(content)) as file:
            info = file.trailer.get("/Info")
            salt = None if info is None or SALT_KEY not in info else bytes(info[SALT_KEY])
    except (PdfError, TypeError, ValueError, AttributeError):
        return None
    return salt if salt is not None and len(salt) == SALT_BYTES else None
