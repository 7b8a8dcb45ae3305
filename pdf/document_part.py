"""What stands in a file behind its form part: what this one certificate says, object for object in one spelling."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from pdf.composing import SIGNATURE_ROOM
from pdf.embedded_font import EmbeddedFont, read_font
from pdf.errors import GlyphMismatch, PageMismatch, SignatureMismatch, VisibleSealMismatch
from pdf.file_layout import CATALOG, OBJECTS_PER_FONT, DocumentNumbers, FormShape, document_numbers
from pdf.file_writer import FilePart
from pdf.font_chain import FontChain
from pdf.metadata import pdf_date, title_of, xmp_of
from pdf.outline_source import OutlineSource, outline_source
from pdf.page_content import check_content
from pdf.page_plan import PagePlan
from pdf.seal_image import read_pixels
from pdf.seal_in_file import check_seal
from pdf.strict_file import objects_behind, stream_of
from pdf.visible_seal.in_file import check_image, salt_entry

_INFO: Final = re.compile(
    rb"<</Title <FEFF((?:[0-9A-F]{4})+)>/CreationDate\((D:\d{14}\+09'00')\)/ModDate\((D:\d{14}\+09'00')\)(.*)>>"
)
_MINUTE: Final = len("D:202611231830")
"""How much of a time the codes say too; they leave out the seconds."""

_TRAILER: Final = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\n"
_END: Final = re.compile(rb"startxref\n\d+\n%%EOF\n")


def check_document(
    content: bytes, part: FilePart, shape: FormShape, pages: Sequence[PagePlan], fonts: FontChain
) -> tuple[int, int, int, int]:  # fmt: skip
    """The byte range of the still empty signature; raises the `InspectionFailed` that names what differs from the plan."""
    numbers = document_numbers(shape, part.count)
    found, trailer = objects_behind(content, part)
    if len(found) != numbers.info - part.count:
        raise PageMismatch
    objects = dict(enumerate(found, numbers.signature))
    embedded = _fonts(objects, numbers, pages, fonts)
    for order, planned in enumerate(pages):
        check_content(_data(objects[numbers.contents[order]], b""), planned, embedded)
        if planned.seal_code is not None:
            check_image(objects[numbers.codes[order]], planned)
        if planned.registered_seal is not None:
            seal = read_pixels(planned.registered_seal.png)
            check_seal(objects, numbers.registered_seals[order], seal, planned.number)
    byte_range = _checked_signature(content, objects[numbers.signature], _checked_facts(objects, numbers, pages))
    identity = hashlib.sha256(pages[0].issuance_number.encode()).hexdigest()[:32].encode()
    begin = _TRAILER % (numbers.info + 1, CATALOG, numbers.info, identity, identity)
    if not trailer.startswith(begin) or _END.fullmatch(trailer, len(begin)) is None:
        raise PageMismatch
    return byte_range


def _fonts(
    objects: Mapping[int, bytes], numbers: DocumentNumbers, pages: Sequence[PagePlan], fonts: FontChain
) -> list[EmbeddedFont]:
    sources: dict[str, OutlineSource] = {source.name: source for source in map(outline_source, fonts.paths)}
    embedded = [
        read_font([objects[number] for number in range(first, first + OBJECTS_PER_FONT)], first, sources)
        for first in numbers.fonts
    ]
    # That no meaning is missing is found where each text is read with these fonts.
    said = "".join([text.text for page in pages for text in page.texts])
    if not all(map(said.__contains__, chain.from_iterable(font.graphemes for font in embedded))):
        raise GlyphMismatch
    return embedded


def _data(item: bytes, entries: bytes) -> bytes:
    """The data of a stream with these entries beside its length."""
    found, data = stream_of(item, PageMismatch)
    if found != entries:
        raise PageMismatch
    return data


def _checked_facts(objects: Mapping[int, bytes], numbers: DocumentNumbers, pages: Sequence[PagePlan]) -> bytes:
    """Title, times, salt and metadata are those of the pages and their codes; returns the time as the file says it."""
    info = _INFO.fullmatch(objects[numbers.info])
    codes = [page.seal_code for page in pages if page.seal_code is not None]
    if info is None or info[4] != salt_entry(pages) or len({code.salt for code in codes}) > 1:
        raise VisibleSealMismatch
    title = title_of(pages[0].document_title, pages[0].issuance_number)
    if bytes.fromhex(info[1].decode()) != title.encode("utf-16-be") or info[3] != info[2]:
        raise PageMismatch
    if any(pdf_date(code.statement.issued_at)[:_MINUTE] != info[2][:_MINUTE] for code in codes):
        raise PageMismatch
    metadata = _data(objects[numbers.metadata], b"/Type/Metadata/Subtype/XML")
    if metadata != xmp_of(title, pages[0].issuance_number, _iso(info[2].decode())):
        raise PageMismatch
    return info[2]


def _checked_signature(content: bytes, signature: bytes, moment: bytes) -> tuple[int, int, int, int]:
    """It is empty, and its byte range leaves out nothing of the file but its contents."""
    before, _, rest = signature.partition(b" <")
    room, _, after = rest.partition(b">")
    found = _RANGE_AND_TIME.fullmatch(after)
    if before != _SIGNATURE or room != b"0" * (2 * SIGNATURE_ROOM) or found is None or found[4] != moment:
        raise SignatureMismatch
    start, end, length = map(int, found.groups()[:3])
    if content[start:end] != b"<%b>" % room or end + length != len(content):
        raise SignatureMismatch
    return 0, start, end, length


def _iso(moment: str) -> str:
    """`D:20261123120000+09'00'` as `2026-11-23T12:00:00+09:00`."""
    day, time = moment[2:10], moment[10:16]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}+09:00"


_SIGNATURE: Final = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Contents"
_RANGE_AND_TIME: Final = re.compile(
    rb"/ByteRange \[0 (\d{10}) (\d{10}) (\d{10})\]/M\(([^)]*)\)/Reference\[<</Type/SigRef/TransformMethod/DocMDP"
    rb"/TransformParams<</Type/TransformParams/P 1/V/1\.2>>>>\]>>"
)
