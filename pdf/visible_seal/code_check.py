"""The code read back from a finished page against the one planned for it."""

from pdf.errors import VisibleSealMismatch
from pdf.page_plan import PagePlan
from pdf.visible_seal.page_digest import page_digest
from pdf.visible_seal.reading import text_in
from pdf.visible_seal.seal_code import SealCode


def check_code(planned: PagePlan, painted: bytes) -> None:
    """The place shows the planned code and no other, and the code is about this page: its number, place and whole text.

    Raises `VisibleSealMismatch`. A page that is planned without a code must show none.
    """
    code = planned.seal_code
    if (text_in(painted) if painted else None) != (None if code is None else code.text):
        raise VisibleSealMismatch(planned.number)
    if code is not None and not _is_about(code, planned):
        raise VisibleSealMismatch(planned.number)


def _is_about(code: SealCode, planned: PagePlan) -> bool:
    statement = code.statement
    said = (statement.issuance_number, statement.page, statement.pages, statement.page_digest)
    return said == (planned.issuance_number, planned.number, planned.total, digest_of(code.salt, planned))


def digest_of(salt: bytes, page: PagePlan) -> bytes:
    """The page digest of all texts that are planned."""
    return page_digest(salt, page.number, page.total, (text.text for text in page.texts))
