"""The form part of a file: is it what every certificate of this shape begins with? Inspected once, and compared from then on.

Read by qpdf and by the strict reader: catalog, pages, ground, official seal, and the order of reading. It is the same for
every certificate of a shape, so a part that passed is kept, and the next file must begin with the very same bytes.
"""

from collections.abc import Collection, Sequence
from io import BytesIO
from typing import Final

from pikepdf import Object, Page, Pdf, PdfError

from pdf import ground
from pdf.errors import PageMismatch, SealMismatch, SignatureMismatch
from pdf.file_layout import (
    CATALOG,
    FIELD,
    FIRST_PAGE,
    GROUND,
    OBJECTS_PER_FONT,
    PAGE_TREE,
    PROFILE,
    DocumentNumbers,
    FormShape,
    document_numbers,
    shape_of,
)
from pdf.file_writer import FilePart
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH
from pdf.page_plan import OFFICIAL_SEAL, REGISTERED_SEAL, PagePlan
from pdf.page_reader import open_file
from pdf.read_aloud import check_read_aloud
from pdf.seal_image import SealImage, decode
from pdf.srgb import srgb_profile
from pdf.strict_file import beginning, objects_of
from pdf.visible_seal.seal_code import SEAL_CODE

_CATALOG = {
    "/Type", "/Pages", "/Lang", "/MarkInfo", "/StructTreeRoot", "/Metadata", "/ViewerPreferences", "/OutputIntents",
    "/AcroForm", "/Perms",
}  # fmt: skip
_BROKEN = (PdfError, AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What pikepdf raises over what is missing or of another kind."""

_KEPT: Final = 64
_PASSED: Final[dict[FormShape, FilePart]] = {}
"""Form parts that passed. They hold no text of a certificate and no picture but the city's seal."""


def checked_form(content: bytes, pages: Sequence[PagePlan]) -> tuple[FilePart, FormShape]:
    """The form part of a file, and the shape that it has; raises the `InspectionFailed` that names what differs."""
    shape = shape_of(pages, _fonts(content))
    known = _PASSED.get(shape)
    if known is not None and content.startswith(known.content):
        return known, shape
    passed = _inspected(content, pages, shape)
    if len(_PASSED) >= _KEPT:
        del _PASSED[next(iter(_PASSED))]
    _PASSED[shape] = passed
    return passed, shape


def kept_forms() -> Collection[FilePart]:
    """The form parts that passed and are kept."""
    return _PASSED.values()


def forget_forms() -> None:
    """Inspect every form part anew."""
    _PASSED.clear()


def _fonts(content: bytes) -> int:
    """How many fonts the first page names."""
    start = content.find(b"/Resources<</Font<<")
    return content.count(b" 0 R", start, content.find(b">>", start))


def _inspected(content: bytes, pages: Sequence[PagePlan], shape: FormShape) -> FilePart:
    with open_file(content) as drawn:
        drawn.require_one_signature()
    try:
        with Pdf.open(BytesIO(content)) as file:
            if set(file.Root.keys()) != _CATALOG or len(file.pages) != len(pages):
                raise PageMismatch
            objects = objects_of(content)
            count = len(objects) - 1 - document_numbers(shape, 0).info
            numbers = document_numbers(shape, count)
            for order, (page, planned) in enumerate(zip(file.pages, pages, strict=True)):
                _check_page(page, planned, shape, numbers)
                if objects[FIRST_PAGE + order] != _page(shape, order, numbers):
                    raise PageMismatch(planned.number)
            check_read_aloud(file, objects, pages)
            _check_rest(file, objects, shape, numbers)
            return beginning(content, count)
    except _BROKEN as broken:
        raise PageMismatch from broken


def _check_page(page: Page, planned: PagePlan, shape: FormShape, numbers: DocumentNumbers) -> None:
    """As qpdf sees it: the contents and the ground are the known ones, and the official seal pixel for pixel."""
    order = planned.number - 1
    _check_ground(page.Resources.Pattern, planned)
    images = page.Resources.get("/XObject")
    wanted = {f"/{name}" for name, _ in planned.images} | ({f"/{SEAL_CODE}"} if shape.pages[order].has_code else set())
    if (set() if images is None else set(images.keys())) != wanted:
        raise SealMismatch(planned.number)
    if planned.seal is not None and (
        images is None or _pixels(images[f"/{OFFICIAL_SEAL}"]) != decode(planned.seal.png)
    ):
        raise SealMismatch(planned.number)
    if page.Contents.objgen[0] != numbers.contents[order]:
        raise PageMismatch(planned.number)


def _check_ground(patterns: Object, planned: PagePlan) -> None:
    """The pattern with which the page begins is the known one; there is no other."""
    if set(patterns.keys()) != {f"/{ground.NAME}"}:
        raise PageMismatch(planned.number)
    found = patterns[f"/{ground.NAME}"]
    drawn = found.stream_dict.Resources.XObject
    rows = {name: drawn[f"/{name}"] for name in ground.rows()}
    parts = [(found, ground.pattern(), [row.unparse().decode() for row in rows.values()])]
    parts += [(rows[name], part, []) for name, part in ground.rows().items()]
    for stream, part, references in parts:
        spelled = stream.stream_dict.unparse(resolved=True)
        if spelled != part.dictionary(*references) or stream.read_bytes() != part.operators:
            raise PageMismatch(planned.number)


def _pixels(image: Object) -> SealImage:
    try:
        mask = image.SMask
        return SealImage(int(image.Width), int(image.Height), image.read_bytes(), mask.read_bytes())
    except (AttributeError, PdfError) as broken:
        raise SealMismatch from broken


def _check_rest(file: Pdf, objects: Sequence[bytes], shape: FormShape, numbers: DocumentNumbers) -> None:
    """Catalog, page tree, signature field and profile, each in its one spelling."""
    root = file.Root.StructTreeRoot.objgen[0]
    kids = b" ".join([b"%d 0 R" % (FIRST_PAGE + order) for order in range(len(shape.pages))])
    tree = b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(shape.pages), kids)
    if (objects[CATALOG], objects[PAGE_TREE]) != (_catalog(root, numbers), tree):
        raise PageMismatch
    if objects[FIELD] != _FIELD % (numbers.signature, FIRST_PAGE):
        raise SignatureMismatch
    if file.Root.OutputIntents[0].DestOutputProfile.read_bytes() != srgb_profile():
        raise PageMismatch


def _page(shape: FormShape, order: int, numbers: DocumentNumbers) -> bytes:
    fonts = "".join([f"/F{k} {first + OBJECTS_PER_FONT - 1} 0 R" for k, first in enumerate(numbers.fonts)])
    pictures = {OFFICIAL_SEAL: shape.seal, REGISTERED_SEAL: numbers.registered_seals.get(order)}
    named = {name: pictures[name] for name in shape.pages[order].images}
    named |= {SEAL_CODE: numbers.codes[order]} if order in numbers.codes else {}
    images = "".join([f"/{name} {number} 0 R" for name, number in named.items()])
    resources = f"/Font<<{fonts}>>/Pattern<</{ground.NAME} {GROUND} 0 R>>" + (f"/XObject<<{images}>>" if images else "")
    annotation = f"/Annots[{FIELD} 0 R]" if order == 0 else ""
    return (
        f"<</Type/Page/Parent {PAGE_TREE} 0 R/MediaBox[0 0 {PAGE_WIDTH:.2f} {PAGE_HEIGHT:.2f}]/Resources<<{resources}>>"
        f"/Contents {numbers.contents[order]} 0 R/StructParents {order}/Tabs/S{annotation}>>"
    ).encode()


def _catalog(root: int, numbers: DocumentNumbers) -> bytes:
    return (
        f"<</Type/Catalog/Pages {PAGE_TREE} 0 R/Lang(ja-JP)/MarkInfo<</Marked true>>/StructTreeRoot {root} 0 R"
        f"/Metadata {numbers.metadata} 0 R/ViewerPreferences<</DisplayDocTitle true>>/OutputIntents[<</Type/OutputIntent"
        f"/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB)/DestOutputProfile {PROFILE} 0 R>>]"
        f"/AcroForm<</SigFlags 3/Fields[{FIELD} 0 R]>>/Perms<</DocMDP {numbers.signature} 0 R>>>>"
    ).encode()


_FIELD = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature)/TU <FEFF96FB5B507F72540D>/V %d 0 R/Rect[0 0 0 0]/F 132/P %d 0 R>>"
