"""From a plan to the bytes that will be signed: a pure function, same snapshot, same bytes.

The file is written once, with the signature dictionary in place and its contents zero, so signing only fills them in.
What every certificate of a form has alike is kept ready (`form_part`); here is what this one says.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pdf.certified import Certified
from pdf.content import ContentWriter
from pdf.file_layout import CATALOG, shape_of
from pdf.file_writer import FileWriter, text_string
from pdf.font_chain import FontChain
from pdf.font_subset import FontSubset
from pdf.form_part import add_registered_seal, form_part
from pdf.metadata import pdf_date, title, xmp
from pdf.page_plan import PagePlan
from pdf.visible_seal.drawing import add_image
from pdf.visible_seal.in_file import salt_entry

SIGNATURE_ROOM = 8192
"""Bytes kept free for the CMS signature with its certificate chain."""

_CONTENTS = b"<%b>" % (b"0" * (2 * SIGNATURE_ROOM))
_RANGE = b"/ByteRange [0 %010d %010d %010d]"
_EMPTY_RANGE = _RANGE % (0, 0, 0)
_TAG_LETTERS = 6


@dataclass(frozen=True, slots=True)
class UnsignedDocument:
    """A complete file whose signature is still zeros."""

    content: bytes
    byte_range: tuple[int, int, int, int]

    @property
    def digest(self) -> bytes:
        """SHA-256 over `byte_range`, of the bytes as they are."""
        return byte_range_digest(self.content, self.byte_range)


def compose(snapshot: Certified, pages: Sequence[PagePlan], fonts: FontChain) -> UnsignedDocument:
    """Draw `pages`, which `plan` made from `snapshot`, into a file ready to be inspected and signed."""
    writer = ContentWriter(fonts)
    contents = [writer.page(page) for page in pages]
    part = form_part(shape_of(pages, len(writer.subsets)))
    file = FileWriter(part)
    file.add(*_signature(snapshot))
    for content in contents:
        file.add_stream(b"", content)
    _add_pictures(file, pages)
    for subset in writer.subsets:
        add_font(file, subset)
    file.add_stream(b"/Type/Metadata/Subtype/XML", xmp(snapshot))
    info = file.add(_info(snapshot, pages))
    identity = hashlib.sha256(snapshot.issuance_number.encode()).hexdigest()[:32].encode()
    trailer = b"/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]" % (CATALOG, info, identity, identity)
    return _with_byte_range(file.pieces(trailer))


def byte_range_digest(content: bytes, byte_range: tuple[int, int, int, int]) -> bytes:
    """SHA-256 over the two stretches that `byte_range` names: everything but the signature's contents."""
    first, length, second, rest = byte_range
    digest = hashlib.sha256(memoryview(content)[first : first + length])
    digest.update(memoryview(content)[second : second + rest])
    return digest.digest()


def _add_pictures(file: FileWriter, pages: Sequence[PagePlan]) -> None:
    for page in pages:
        if page.seal_code is not None:
            add_image(file, page.seal_code)
    for page in pages:
        if page.registered_seal is not None:
            add_registered_seal(file, page.registered_seal.png)


def add_font(file: FileWriter, subset: FontSubset) -> int:
    """Embed what a document uses of a font; returns the number of the font object."""
    font = subset.font
    program_file = subset.file()
    to_unicode = subset.to_unicode()
    scale = 1000 / font.units_per_em
    letters = [chr(ord("A") + byte % 26) for byte in hashlib.sha256(to_unicode).digest()[:_TAG_LETTERS]]
    name = ("".join(letters) + "+" + font.name).encode("ascii")
    program = file.add_stream(b"/Length1 %d" % sum(map(len, program_file)), *program_file)
    box = b" ".join([b"%d" % round(edge * scale) for edge in font.box])
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
    meanings = file.add_stream(b"", to_unicode)
    return file.add(
        b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (name, descendant, meanings)
    )


def _info(snapshot: Certified, pages: Sequence[PagePlan]) -> bytes:
    moment = pdf_date(snapshot.issued_at)
    entries = (text_string(title(snapshot)), moment, moment, salt_entry(pages))
    return b"<</Title %b/CreationDate(%b)/ModDate(%b)%b>>" % entries


def _signature(snapshot: Certified) -> tuple[bytes, bytes, bytes, bytes]:
    """In four pieces: the second are the contents, the third is the byte range."""
    # DocMDP 1: a certificate allows no change at all after signing (ISO 32000-1, 12.8.2.2).
    after = b"/M(%b)/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]>>"
    before = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Contents "
    return before, _CONTENTS, _EMPTY_RANGE, after % pdf_date(snapshot.issued_at)


def _with_byte_range(pieces: list[bytes]) -> UnsignedDocument:
    """The file of these pieces, in which the byte range is told."""
    contents = pieces.index(_CONTENTS)
    start = sum(map(len, pieces[:contents]))
    end = start + len(_CONTENTS)
    byte_range = (0, start, end, sum(map(len, pieces)) - end)
    pieces[contents + 1] = _RANGE % byte_range[1:]
    return UnsignedDocument(b"".join(pieces), byte_range)
