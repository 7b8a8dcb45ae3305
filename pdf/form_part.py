"""The form part of a file: written once for each shape of certificate, and kept. It holds no personal data."""

from functools import lru_cache
from typing import Final

from pdf import ground
from pdf.file_layout import (
    FIELD,
    FIRST_PAGE,
    GROUND,
    OBJECTS_PER_FONT,
    PAGE_TREE,
    PROFILE,
    DocumentNumbers,
    FormShape,
    document_numbers,
)
from pdf.file_writer import FilePart, FileWriter, reference, text_string
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH
from pdf.page_plan import OFFICIAL_SEAL, REGISTERED_SEAL
from pdf.seal_image import SealImage, compressed, decode, deflated, read_pixels
from pdf.srgb import srgb_profile
from pdf.structure_tree import write_structure
from pdf.visible_seal.seal_code import SEAL_CODE

_KEPT: Final = 64


@lru_cache(maxsize=_KEPT)
def form_part(shape: FormShape) -> FilePart:
    """The objects that every file of this shape begins with."""
    file = FileWriter()
    catalog, tree, field = file.take_number(), file.take_number(), file.take_number()
    file.add_stream(b"/N 3", srgb_profile())
    _add_ground(file)
    pages = [file.take_number() for _ in shape.pages]
    if shape.official_seal is not None:
        add_image(file, decode(shape.official_seal), *deflated(shape.official_seal))
    structure = write_structure(file, [page.reading for page in shape.pages], pages)
    numbers = document_numbers(shape, file.count)
    for order, page in enumerate(pages):
        file.put(page, _page(shape, order, numbers))
    file.put(tree, b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(pages), b" ".join(map(reference, pages))))
    file.put(field, _signature_field(numbers.signature))
    file.put(catalog, _catalog(numbers, structure))
    return file.part()


def add_registered_seal(file: FileWriter, png: bytes) -> None:
    """A resident's own seal, into the part of the file behind the form part; nothing of it is kept."""
    image = read_pixels(png)
    add_image(file, image, *compressed(image))


def add_image(file: FileWriter, image: SealImage, colours: bytes, opacity: bytes) -> int:
    """Opacity and image of a seal, both deflated; returns the image's number."""
    shape = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/Filter/FlateDecode" % (
        image.width, image.height,
    )  # fmt: skip
    mask = file.add_stream(shape + b"/ColorSpace/DeviceGray", opacity)
    return file.add_stream(shape + b"/ColorSpace/DeviceRGB/SMask %d 0 R" % mask, colours)


def _add_ground(file: FileWriter) -> None:
    rows = [file.add_written_stream(row.dictionary(), row.deflated) for row in ground.rows().values()]
    whole = ground.pattern()
    file.add_written_stream(whole.dictionary(*(f"{number} 0 R" for number in rows)), whole.deflated)


def _page(shape: FormShape, order: int, numbers: DocumentNumbers) -> bytes:
    fonts = [b"/F%d %d 0 R" % (k, first + OBJECTS_PER_FONT - 1) for k, first in enumerate(numbers.fonts)]
    shared = b"/Font<<%b>>/Pattern<</%b %d 0 R>>" % (b"".join(fonts), ground.NAME.encode(), GROUND)
    annotation = b"/Annots[%d 0 R]" % FIELD if order == 0 else b""
    return (
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.2f %.2f]/Resources<<%b%b>>/Contents %d 0 R"
        b"/StructParents %d/Tabs/S%b>>"
        % (
            PAGE_TREE,
            PAGE_WIDTH,
            PAGE_HEIGHT,
            shared,
            _images(shape, order, numbers),
            numbers.contents[order],
            order,
            annotation,
        )
    )


def _images(shape: FormShape, order: int, numbers: DocumentNumbers) -> bytes:
    page = shape.pages[order]
    known = {OFFICIAL_SEAL: shape.seal, REGISTERED_SEAL: numbers.registered_seals.get(order, 0)}
    named = [(name, known[name]) for name in page.images]
    named += [(SEAL_CODE, numbers.codes[order])] if page.has_code else []
    listed = b"".join([b"/%b %d 0 R" % (name.encode(), number) for name, number in named])
    return b"/XObject<<%b>>" % listed if listed else b""


def _catalog(numbers: DocumentNumbers, structure: int) -> bytes:
    return (
        b"<</Type/Catalog/Pages %d 0 R/Lang(ja-JP)/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R/Metadata %d 0 R/ViewerPreferences<</DisplayDocTitle true>>"
        b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB)"
        b"/DestOutputProfile %d 0 R>>]/AcroForm<</SigFlags 3/Fields[%d 0 R]>>/Perms<</DocMDP %d 0 R>>>>"
        % (PAGE_TREE, structure, numbers.metadata, PROFILE, FIELD, numbers.signature)
    )


def _signature_field(signature: int) -> bytes:
    return b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature)/TU %b/V %d 0 R/Rect[0 0 0 0]/F 132/P %d 0 R>>" % (
        text_string("電子署名"), signature, FIRST_PAGE,
    )  # fmt: skip
