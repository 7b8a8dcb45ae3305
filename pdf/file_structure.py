"""What stands in the file beside the pages' text: fonts, seal image, and nothing else (read with qpdf)."""

from collections.abc import Sequence
from io import BytesIO

from pikepdf import Object, Page, Pdf, PdfError

from pdf import ground
from pdf.content import background
from pdf.embedded_font import EmbeddedFont, embedded_font
from pdf.errors import FontMismatch, GlyphMismatch, PageMismatch, SealMismatch, SignatureMismatch
from pdf.font_chain import FontChain
from pdf.outline_source import OutlineSource, outline_source
from pdf.page_plan import OFFICIAL_SEAL, PagePlan
from pdf.read_aloud import are_marks_plain, check_read_aloud
from pdf.seal_image import SealImage, decode, read_pixels
from pdf.strict_file import objects_of
from pdf.visible_seal.in_file import check_image, check_salt
from pdf.visible_seal.seal_code import SEAL_CODE

_CATALOG = {
    "/Type", "/Pages", "/Lang", "/MarkInfo", "/StructTreeRoot", "/Metadata", "/ViewerPreferences", "/OutputIntents",
    "/AcroForm", "/Perms",
}  # fmt: skip
_PAGE = {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents", "/StructParents", "/Tabs"}
_BROKEN = (PdfError, AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What pikepdf raises over what is missing or of another kind."""

_WIDTH_TOLERANCE = 0.01


def check_structure(content: bytes, pages: Sequence[PagePlan], fonts: FontChain) -> None:
    """Raises the `InspectionFailed` that names what differs from the plan."""
    try:
        with Pdf.open(BytesIO(content)) as file:
            if set(file.Root.keys()) != _CATALOG or len(file.pages) != len(pages):
                raise PageMismatch
            check_salt(file, pages)
            if len(file.Root.AcroForm.Fields) != 1:
                raise SignatureMismatch
            for page, planned in zip(file.pages, pages, strict=True):
                _check_page(page, planned)
            check_read_aloud(file, objects_of(content), pages)
            _check_fonts(file, pages, fonts)
    except _BROKEN as broken:
        raise PageMismatch from broken


def _check_page(page: Page, planned: PagePlan) -> None:
    allowed = _PAGE | ({"/Annots"} if planned.number == 1 else set())
    images = page.Resources.get("/XObject")
    names = {"/Font", "/Pattern"} if images is None else {"/Font", "/Pattern", "/XObject"}
    if set(page.obj.keys()) != allowed or set(page.Resources.keys()) != names:
        raise PageMismatch(planned.number)
    if planned.number == 1 and len(page.obj.Annots) != 1:
        raise PageMismatch(planned.number)
    content = page.Contents.read_bytes()
    begins = content.startswith(background(planned)) and content.count(b"/Pattern") == 1
    if not begins or not are_marks_plain(content):
        raise PageMismatch(planned.number)
    _check_ground(page.Resources.Pattern, planned)
    _check_images(images, planned)


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


def _check_images(images: Object | None, planned: PagePlan) -> None:
    """Exactly the planned seals: the city's, and on a 印鑑登録証明書 the one registered to this person, pixel for pixel."""
    wanted = {f"/{name}": image.png for name, image in planned.images}
    named = set(wanted) | ({f"/{SEAL_CODE}"} if planned.seal_code is not None else set())
    if (set() if images is None else set(images.keys())) != named or (images is not None and not named):
        raise SealMismatch(planned.number)
    check_image(images, planned)
    for name, png in wanted.items():
        expected = decode(png) if name == f"/{OFFICIAL_SEAL}" else read_pixels(png)
        if images is None or _pixels(images[name]) != expected:
            raise SealMismatch(planned.number)


def _pixels(image: Object) -> SealImage:
    try:
        mask = image.SMask
        return SealImage(int(image.Width), int(image.Height), image.read_bytes(), mask.read_bytes())
    except (AttributeError, PdfError) as broken:
        raise SealMismatch from broken


def _check_fonts(file: Pdf, pages: Sequence[PagePlan], fonts: FontChain) -> None:
    sources = {source.name: source for source in map(outline_source, fonts.paths)}
    found = {font.objgen: font for page in file.pages for font in page.Resources.Font.values()}
    embedded_fonts = [embedded_font(font) for font in found.values()]
    meant = {character for font in embedded_fonts for text in font.meanings.values() for character in text}
    if meant != {character for page in pages for text in page.texts for character in text.text}:
        raise GlyphMismatch
    for embedded in embedded_fonts:
        source = sources.get(embedded.name)
        if source is None or source.units_per_em != embedded.units_per_em:
            raise FontMismatch
        _check_glyphs(embedded, source)


def _check_glyphs(font: EmbeddedFont, source: OutlineSource) -> None:
    """Each glyph is the source font's for what it is said to mean; a glyph without a meaning has no ink."""
    if set(font.meanings) != set(range(1, len(font.outlines))) or font.outlines[0]:
        raise GlyphMismatch
    for cid, text in font.meanings.items():
        wanted = source.outline(text)
        if wanted is None or not _same(font.outlines[cid], wanted[0]) or font.advances[cid] != wanted[1]:
            raise GlyphMismatch
        if abs(font.widths[cid] - wanted[1] * 1000 / source.units_per_em) > _WIDTH_TOLERANCE:
            raise GlyphMismatch


def _same(outline: bytes, wanted: bytes) -> bool:
    """Equal but for the zeros that fill up to four bytes."""
    return outline.startswith(wanted) and not any(outline[len(wanted) :])
