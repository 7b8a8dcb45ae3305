"""From a plan to the bytes that will be signed: a pure function, same snapshot, same bytes.

The file is written once, with the signature dictionary in place and its contents zero, so signing only fills them in.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pdf import ground
from pdf.certified import Certified
from pdf.content import ContentWriter
from pdf.file_writer import FileWriter, reference, text_string
from pdf.font_chain import FontChain
from pdf.font_subset import FontSubset
from pdf.layout import PAGE_HEIGHT, PAGE_WIDTH
from pdf.metadata import pdf_date, title, xmp
from pdf.page_plan import OFFICIAL_SEAL, PagePlan
from pdf.seal_image import compressed, decode, deflated, read_pixels
from pdf.srgb import srgb_profile
from pdf.structure_tree import write_structure
from pdf.visible_seal.drawing import add_image
from pdf.visible_seal.in_file import salt_entry

SIGNATURE_ROOM = 8192
"""Bytes kept free for the CMS signature with its certificate chain."""

_ZEROS = b"0" * (2 * SIGNATURE_ROOM)
_RANGE = b"/ByteRange [0 %010d %010d %010d]"
_EMPTY_RANGE = _RANGE % (0, 0, 0)
_TAG_LETTERS = 6


@dataclass(frozen=True, slots=True)
class UnsignedDocument:
    """A complete file whose signature is still zeros. `digest` is SHA-256 over `byte_range`."""

    content: bytes
    byte_range: tuple[int, int, int, int]
    digest: bytes


def compose(snapshot: Certified, pages: Sequence[PagePlan], fonts: FontChain) -> UnsignedDocument:
    """Draw `pages`, which `plan` made from `snapshot`, into a file ready to be inspected and signed."""
    file = FileWriter()
    catalog, tree, field = file.take_number(), file.take_number(), file.take_number()
    signature = file.add(_signature(snapshot))
    page_numbers = _pages(file, pages, fonts, tree, field)
    kids = b" ".join(map(reference, page_numbers))
    file.put(tree, b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(page_numbers), kids))
    file.put(field, _signature_field(signature, page_numbers[0]))
    structure = write_structure(file, pages, page_numbers)
    file.put(catalog, _catalog(file, snapshot, tree, field, signature, structure))
    number = snapshot.issuance_number
    moment = pdf_date(snapshot.issued_at)
    salt = salt_entry(pages)
    info = file.add(
        b"<</Title %b/CreationDate(%b)/ModDate(%b)%b>>" % (text_string(title(snapshot)), moment, moment, salt)
    )  # fmt: skip
    identity = hashlib.sha256(number.encode()).hexdigest()[:32].encode()
    trailer = b"/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]" % (catalog, info, identity, identity)
    return _with_byte_range(file.finish(trailer))


def byte_range_digest(content: bytes, byte_range: tuple[int, int, int, int]) -> bytes:
    """SHA-256 over the two stretches that `byte_range` names: everything but the signature's contents."""
    first, length, second, rest = byte_range
    digest = hashlib.sha256(memoryview(content)[first : first + length])
    digest.update(memoryview(content)[second : second + rest])
    return digest.digest()


def _pages(file: FileWriter, pages: Sequence[PagePlan], fonts: FontChain, tree: int, field: int) -> list[int]:
    writer = ContentWriter(fonts)
    contents = [file.add_stream(b"", writer.page(page)) for page in pages]
    names = b"".join(b"/F%d %d 0 R" % (order, _font(file, subset)) for order, subset in enumerate(writer.subsets))
    shared = b"/Font<<%b>>/Pattern<</%b %d 0 R>>" % (names, ground.NAME.encode(), _ground(file))
    numbers = []
    for order, (page, content) in enumerate(zip(pages, contents, strict=True)):
        images = _images(file, page)
        annotation = b"/Annots[%d 0 R]" % field if page.number == 1 else b""
        entries = (tree, PAGE_WIDTH, PAGE_HEIGHT, shared, images, content, order, annotation)
        numbers.append(
            file.add(
                b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.2f %.2f]/Resources<<%b%b>>/Contents %d 0 R"
                b"/StructParents %d/Tabs/S%b>>" % entries
            )
        )
    return numbers


def _ground(file: FileWriter) -> int:
    rows = [file.add_written_stream(row.dictionary(), row.deflated) for row in ground.rows().values()]
    whole = ground.pattern()
    return file.add_written_stream(whole.dictionary(*(f"{number} 0 R" for number in rows)), whole.deflated)


def _font(file: FileWriter, subset: FontSubset) -> int:
    font = subset.font
    data = subset.file()
    scale = 1000 / font.units_per_em
    letters = (chr(ord("A") + byte % 26) for byte in hashlib.sha256(subset.to_unicode()).digest()[:_TAG_LETTERS])
    name = ("".join(letters) + "+" + font.name).encode("ascii")
    program = file.add_stream(b"/Length1 %d" % len(data), data)
    box = b" ".join(b"%d" % round(edge * scale) for edge in font.box)
    descriptor = file.add(
        b"<</Type/FontDescriptor/FontName/%b/Flags 4/ItalicAngle 0/StemV 80/FontBBox[%b]/Ascent %d/Descent %d"
        b"/CapHeight %d/FontFile2 %d 0 R>>"
        % (name, box, round(font.ascent * scale), round(font.descent * scale), round(font.ascent * scale), program)
    )
    descendant = file.add(
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W %b>>"
        % (name, descriptor, subset.widths())
    )
    return file.add(
        b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (name, descendant, file.add_stream(b"", subset.to_unicode()))
    )


def _images(file: FileWriter, page: PagePlan) -> bytes:
    named = [b"/%b %d 0 R" % (name.encode(), _image(file, name, image.png)) for name, image in page.images]
    named += [add_image(file, page.seal_code)] if page.seal_code is not None else []
    return b"/XObject<<%b>>" % b"".join(named) if named else b""


def _image(file: FileWriter, name: str, png: bytes) -> int:
    image = decode(png) if name == OFFICIAL_SEAL else read_pixels(png)
    colours, opacity = deflated(png) if name == OFFICIAL_SEAL else compressed(image)
    shape = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/Filter/FlateDecode" % (
        image.width, image.height,
    )  # fmt: skip
    mask = file.add_stream(shape + b"/ColorSpace/DeviceGray", opacity)
    return file.add_stream(shape + b"/ColorSpace/DeviceRGB/SMask %d 0 R" % mask, colours)


def _catalog(
    file: FileWriter, snapshot: Certified, tree: int, field: int, signature: int, structure: int
) -> bytes:  # fmt: skip
    metadata = file.add_stream(b"/Type/Metadata/Subtype/XML", xmp(snapshot))
    profile = file.add_stream(b"/N 3", srgb_profile())
    return (
        b"<</Type/Catalog/Pages %d 0 R/Lang(ja-JP)/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R/Metadata %d 0 R/ViewerPreferences<</DisplayDocTitle true>>"
        b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB)"
        b"/DestOutputProfile %d 0 R>>]/AcroForm<</SigFlags 3/Fields[%d 0 R]>>/Perms<</DocMDP %d 0 R>>>>"
        % (tree, structure, metadata, profile, field, signature)
    )


def _signature(snapshot: Certified) -> bytes:
    # DocMDP 1: a certificate allows no change at all after signing (ISO 32000-1, 12.8.2.2).
    return (
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Contents <%b>%b/M(%b)"
        b"/Reference[<</Type/SigRef/TransformMethod/DocMDP"
        b"/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]>>"
        % (_ZEROS, _EMPTY_RANGE, pdf_date(snapshot.issued_at))
    )


def _signature_field(signature: int, page: int) -> bytes:
    return b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature)/TU %b/V %d 0 R/Rect[0 0 0 0]/F 132/P %d 0 R>>" % (
        text_string("電子署名"), signature, page,
    )  # fmt: skip


def _with_byte_range(content: bytes) -> UnsignedDocument:
    start = content.index(b"/Contents <" + _ZEROS[:64]) + len(b"/Contents ")
    end = start + len(_ZEROS) + 2
    byte_range = (0, start, end, len(content) - end)
    filled = _RANGE % byte_range[1:]
    content = content[:end] + filled + content[end + len(filled) :]
    return UnsignedDocument(content, byte_range, byte_range_digest(content, byte_range))
