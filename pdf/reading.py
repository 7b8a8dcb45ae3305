"""The structure of a Tagged PDF (ISO 32000-1, 14.8) as data: in which order a page is read aloud, and as what."""

from dataclasses import dataclass
from typing import Literal

from pdf.forms.grid import GridCell
from pdf.layout import Box

Tag = Literal["P", "H1", "Table", "TR", "TH", "TD", "Figure"]


@dataclass(frozen=True, slots=True)
class Element:
    """A structure element: it has `children`, or holds the content marked `mark` on its page, or is an empty cell.

    `cell` says what a header heads and how far a cell reaches. `alternative` says in words what a picture shows, `box` where it stands;
    `actual_text` is how a heading is spoken that is spaced out on paper.
    """

    tag: Tag
    children: tuple["Element", ...] = ()
    mark: int | None = None
    cell: GridCell | None = None
    alternative: str | None = None
    box: Box | None = None
    actual_text: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The elements of one page in reading order.

    `text_marks` holds, for each text of the page, the mark of the element that reads it; marks count from 0. A text
    without one is left to the eye. `image_marks` are those of the images, by name.
    """

    elements: tuple[Element, ...] = ()
    text_marks: tuple[int | None, ...] = ()
    image_marks: tuple[tuple[str, int], ...] = ()

    def __hash__(self) -> int:
        """By the marks alone: what differs in the elements only is told apart by comparing."""
        return hash((self.text_marks, self.image_marks))

    def image_mark(self, name: str) -> int | None:
        """The mark of the figure that stands for the image of that name."""
        return next((mark for known, mark in self.image_marks if known == name), None)
