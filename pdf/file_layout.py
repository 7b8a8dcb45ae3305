"""Of which objects a certificate's file consists, and under which numbers they stand: composing and inspection agree on this.

First comes the form part, the same for every certificate that looks alike: catalog, page tree, signature field, colour
profile, ground, pages, official seal, structure tree. What one person's certificate says stands in the objects behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pdf.page_plan import REGISTERED_SEAL, PagePlan
from pdf.reading import Reading

CATALOG: Final = 1
PAGE_TREE: Final = 2
FIELD: Final = 3
PROFILE: Final = 4
COARSE, FINE, GROUND = 5, 6, 7
FIRST_PAGE: Final = 8
OBJECTS_PER_FONT: Final = 5
"""Program, descriptor, descendant, ToUnicode, and the Type0 font that names them all."""


@dataclass(frozen=True, slots=True)
class PageShape:
    """How one page is read, the names of the seals on it, and whether it has a code."""

    reading: Reading
    images: tuple[str, ...]
    has_code: bool


@dataclass(frozen=True, slots=True)
class FormShape:
    """All that the form part depends on: no text of a certificate, no picture but the city's own seal (PNG)."""

    pages: tuple[PageShape, ...]
    official_seal: bytes | None
    fonts: int

    @property
    def seal(self) -> int:
        """The number of the official seal's image; its opacity stands before it."""
        return FIRST_PAGE + len(self.pages) + 1


def shape_of(pages: Sequence[PagePlan], fonts: int) -> FormShape:
    """The shape of planned pages that are drawn with so many fonts."""
    shapes = tuple(
        [
            PageShape(page.reading, tuple([name for name, _ in page.images]), page.seal_code is not None)
            for page in pages
        ]
    )
    seals = [page.seal.png for page in pages if page.seal is not None]
    return FormShape(shapes, seals[0] if seals else None, fonts)


@dataclass(frozen=True, slots=True)
class DocumentNumbers:
    """The numbers of the objects behind the form part, in this order; codes and registered seals by the order of their page.

    A registered seal's opacity stands before it. Of a font the number of its first object is told.
    """

    signature: int
    contents: tuple[int, ...]
    codes: dict[int, int]
    registered_seals: dict[int, int]
    fonts: tuple[int, ...]
    metadata: int
    info: int


def document_numbers(shape: FormShape, form_objects: int) -> DocumentNumbers:
    """The numbers where the form part has `form_objects` objects."""
    signature = form_objects + 1
    contents = range(signature + 1, signature + 1 + len(shape.pages))
    with_code = [order for order, page in enumerate(shape.pages) if page.has_code]
    codes = dict(zip(with_code, range(contents.stop, contents.stop + len(with_code)), strict=True))
    with_seal = [order for order, page in enumerate(shape.pages) if REGISTERED_SEAL in page.images]
    first_seal = contents.stop + len(codes)
    seals = {order: first_seal + 2 * place + 1 for place, order in enumerate(with_seal)}
    first_font = first_seal + 2 * len(seals)
    metadata = first_font + OBJECTS_PER_FONT * shape.fonts
    fonts = tuple(range(first_font, metadata, OBJECTS_PER_FONT))
    return DocumentNumbers(signature, tuple(contents), codes, seals, fonts, metadata, metadata + 1)
