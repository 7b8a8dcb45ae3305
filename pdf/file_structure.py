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
from pdf.file_writer import NOTHING, FilePart
from pdf.hidden_content import reached
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH
from pdf.page_plan import OFFICIAL_SEAL, REGISTERED_SEAL, PagePlan
from pdf.read_aloud import check_read_aloud
from pdf.seal_image import decode
from pdf.seal_in_file import check_seal
from pdf.srgb import srgb_profile
from pdf.strict_file import beginning, objects_of, stream_of
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
    try:
        with Pdf.open(BytesIO(content)) as file:
            if set(file.Root.keys()) != _CATALOG or len(file.pages) != len(pages):
                raise PageMismatch
            objects = objects_of(content)
            count = len(objects) - 1 - document_numbers(shape, 0).info
            numbers = document_numbers(shape, count)
            _check_nothing_more(objects, count)
            for order, (page, planned) in enumerate(zip(file.pages, pages, strict=True)):
                _check_page(page, planned, shape, numbers, objects)
                if objects[FIRST_PAGE + order] != _page(shape, order, numbers):
                    raise PageMismatch(planned.number)
            check_read_aloud(file, objects, pages)
            _check_rest(file, objects, shape, numbers)
            return beginning(content, count)
    except _BROKEN as broken:
        raise PageMismatch from broken


def _check_page(
    page: Page, planned: PagePlan, shape: FormShape, numbers: DocumentNumbers, objects: Sequence[bytes]
) -> None:
    """As qpdf sees it: contents, ground and pictures are the known ones; and the official seal is, as it is spelled."""
    order = planned.number - 1
    _check_ground(page.Resources.Pattern, planned, objects)
    images = page.Resources.get("/XObject")
    wanted = {f"/{name}" for name, _ in planned.images} | ({f"/{SEAL_CODE}"} if shape.pages[order].has_code else set())
    if (set() if images is None else set(images.keys())) != wanted:
        raise SealMismatch(planned.number)
    if planned.seal is not None:
        check_seal(objects, shape.seal, decode(planned.seal.png), planned.number)
    if page.Contents.objgen[0] != numbers.contents[order]:
        raise PageMismatch(planned.number)


def _check_ground(patterns: Object, planned: PagePlan, objects: Sequence[bytes]) -> None:
    """The pattern with which the page begins is the known one, as qpdf sees it and as it is spelled; there is no other."""
    if set(patterns.keys()) != {f"/{ground.NAME}"}:
        raise PageMismatch(planned.number)
    found = patterns[f"/{ground.NAME}"]
    drawn = found.stream_dict.Resources.XObject
    rows = {name: drawn[f"/{name}"] for name in ground.rows()}
    parts = [(found, ground.pattern(), [row.unparse().decode() for row in rows.values()])]
    parts += [(rows[name], part, []) for name, part in ground.rows().items()]
    for stream, part, references in parts:
        dictionary = part.dictionary(*references)
        seen = (stream.stream_dict.unparse(resolved=True), stream.read_bytes())
        spelled = b"%b\nstream\n%b\nendstream" % (dictionary, part.deflated)
        if seen != (dictionary, part.operators) or objects[stream.objgen[0]] != spelled:
            raise PageMismatch(planned.number)


def _check_nothing_more(objects: Sequence[bytes], count: int) -> None:
    """Before the first object there is the header only, and the catalog leads to each object of the form part."""
    if objects[0] != NOTHING.content or not reached(objects[: count + 1], {CATALOG}) >= set(range(1, count + 1)):
        raise PageMismatch


def _check_rest(file: Pdf, objects: Sequence[bytes], shape: FormShape, numbers: DocumentNumbers) -> None:
    """Catalog, page tree, signature field and profile, each in its one spelling."""
    root = file.Root.StructTreeRoot.objgen[0]
    kids = b" ".join([b"%d 0 R" % (FIRST_PAGE + order) for order in range(len(shape.pages))])
    tree = b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(shape.pages), kids)
    if (objects[CATALOG], objects[PAGE_TREE]) != (_catalog(root, numbers), tree):
        raise PageMismatch
    if objects[FIELD] != _FIELD % (numbers.signature, FIRST_PAGE):
        raise SignatureMismatch
    profile = srgb_profile()
    seen = file.Root.OutputIntents[0].DestOutputProfile.read_bytes()
    if seen != profile or stream_of(objects[PROFILE], PageMismatch) != (b"/N 3", profile):
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
