"""What stands on one page, in reading order."""

from dataclasses import dataclass, field

from pdf.forms.table import Table
from pdf.layout import PlacedImage, PlacedText
from pdf.reading import Reading
from pdf.visible_seal.seal_code import SealCode

OFFICIAL_SEAL = "Seal"
REGISTERED_SEAL = "RegisteredSeal"
ALTERNATIVES = {OFFICIAL_SEAL: "公印の印影", REGISTERED_SEAL: "登録された印鑑の印影"}
"""What each picture shows, in words, for whoever hears the page read."""


@dataclass(frozen=True, slots=True)
class PagePlan:
    """One page: everything that composing draws and that inspection expects, nothing else.

    `number` counts from 1. `tables` are the ruled forms, `texts` every text including labels, in drawing order.
    The official seal (`seal`) stands on the last page only; a resident's registered seal on its own certificate.
    `reading` is how the page is read aloud, `document_title` the kind in the file's title; forms leave them empty,
    `planning.plan` adds them.
    `seal_code` is the visible seal, on every page of what is issued.
    """

    number: int
    total: int
    issuance_number: str
    tables: tuple[Table, ...]
    texts: tuple[PlacedText, ...]
    seal: PlacedImage | None
    registered_seal: PlacedImage | None = None
    reading: Reading = field(default_factory=Reading)
    document_title: str = ""
    seal_code: SealCode | None = None

    def upright(self) -> tuple[tuple[PlacedText, ...], tuple[int | None, ...]]:
        """The texts that are not turned, and their marks; 見本 is drawn under everything, these over it."""
        marks = self.reading.text_marks
        if {text.angle for text in self.texts} == {0.0}:
            return self.texts, marks
        kept = [(text, mark) for text, mark in zip(self.texts, marks, strict=True) if not text.angle]
        return tuple([text for text, _ in kept]), tuple([mark for _, mark in kept])

    @property
    def images(self) -> tuple[tuple[str, PlacedImage], ...]:
        """The seals on this page with their names in the file, in drawing order."""
        named = ((REGISTERED_SEAL, self.registered_seal), (OFFICIAL_SEAL, self.seal))
        return tuple((name, image) for name, image in named if image is not None)
