"""One document of every kind, with the code on each page."""

from typing import Final

from pdf import FontChain, Snapshot, UnsignedDocument, compose
from tests.pdf.damage_samples import DISASTER_DAMAGE
from tests.pdf.other_kinds import KOSEKI, KOSEKI_INDIVIDUAL, SEAL_CERTIFICATE, SUPPLEMENT
from tests.pdf.samples import SNAPSHOT
from tests.pdf.sealing import sealed
from tests.pdf.sealing import sealed_pages as pages_of
from tests.pdf.statement_samples import STATEMENT
from tests.pdf.tax_samples import ASSESSMENT, INCOME, PAYMENT

EVERY_KIND: Final[tuple[Snapshot, ...]] = (
    SNAPSHOT,
    STATEMENT,
    SEAL_CERTIFICATE,
    KOSEKI,
    KOSEKI_INDIVIDUAL,
    SUPPLEMENT,
    ASSESSMENT,
    INCOME,
    PAYMENT,
    DISASTER_DAMAGE,
)


def document_of(snapshot: Snapshot, fonts: FontChain) -> UnsignedDocument:
    """The document as the service makes it, before it is signed."""
    return compose(sealed(snapshot).snapshot, pages_of(snapshot, fonts), fonts)
