"""What the visible seal adds to the file beside the drawing: the salt of the page digests, and the form of the image."""

from collections.abc import Sequence
from typing import Final

from pikepdf import Object, Pdf

from pdf.errors import VisibleSealMismatch
from pdf.page_plan import PagePlan
from pdf.visible_seal.seal_code import SEAL_CODE

SALT_KEY: Final = "/SealSalt"
"""In the information dictionary."""

_INFO: Final = {"/Title", "/CreationDate", "/ModDate"}
_IMAGE: Final = {"/Type", "/Subtype", "/Width", "/Height", "/BitsPerComponent", "/ColorSpace", "/Filter", "/Length"}


def salt_entry(pages: Sequence[PagePlan]) -> bytes:
    """The entry for the information dictionary; nothing for pages without codes."""
    code = pages[0].seal_code
    return b"" if code is None else b"%b<%b>" % (SALT_KEY.encode(), code.salt.hex().encode())


def check_salt(file: Pdf, pages: Sequence[PagePlan]) -> None:
    """The information dictionary holds what it should and no more. Raises `VisibleSealMismatch`."""
    salts = {page.seal_code.salt for page in pages if page.seal_code is not None}
    info = file.trailer.get("/Info")
    if info is None or set(info.keys()) != _INFO | ({SALT_KEY} if salts else set()):
        raise VisibleSealMismatch
    if salts and salts != {bytes(info[SALT_KEY])}:
        raise VisibleSealMismatch


def check_image(images: Object | None, planned: PagePlan) -> None:
    """The image of the code is opaque and has no other version of itself. Raises `VisibleSealMismatch`."""
    if images is None or planned.seal_code is None:
        return
    if set(images[f"/{SEAL_CODE}"].keys()) != _IMAGE:
        raise VisibleSealMismatch(planned.number)
