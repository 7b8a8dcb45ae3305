"""Is the finished file read aloud as planned? Follows its structure tree from the root.

Each object is compared whole, in the one spelling that is ours: there is no element, attribute or word more than planned,
and every mark is reached once, in order.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from pikepdf import Pdf

from pdf.errors import PageMismatch
from pdf.forms.grid import GridCell
from pdf.page_plan import PagePlan
from pdf.reading import Element

_KIDS = re.compile(rb"/K\[((?:\d+ 0 R ?)+)\]")


def check_read_aloud(file: Pdf, objects: Sequence[bytes], pages: Sequence[PagePlan]) -> None:
    """Raises `PageMismatch`, with the page where it is known, unless structure and parent tree are the planned ones.

    `file` is the file as qpdf reads it, `objects` are its objects by number.
    """
    catalog = file.Root
    if catalog.MarkInfo.unparse() != b"<< /Marked true >>" or str(catalog.Lang) != "ja-JP":
        raise PageMismatch
    root = catalog.StructTreeRoot.objgen[0]
    document = catalog.StructTreeRoot.K.objgen[0]
    kids = rest = _kids(objects[document])
    parents = b""
    for order, (page, planned) in enumerate(zip(file.pages, pages, strict=True)):
        count = len(planned.reading.elements)
        walk = _Walk(objects, page.obj.objgen[0], planned)
        walk.elements(rest[:count], planned.reading.elements, document)
        rest = rest[count:]
        parents += b"%d[%b]" % (order, _references(walk.marked))
        if page.obj.StructParents != order or str(page.obj.Tabs) != "/S":
            raise PageMismatch(planned.number)
    tree = b"<</Type/StructTreeRoot/K %d 0 R/ParentTree<</Nums[%b]>>/ParentTreeNextKey %d>>"
    wanted = (b"<</S/Document/P %d 0 R/K[%b]>>" % (root, _references(kids)), tree % (document, parents, len(pages)))
    if rest or (objects[document], objects[root]) != wanted:
        raise PageMismatch


class _Walk:
    """Walks the elements of one page beside the planned ones; `marked` are the objects that hold content, as reached."""

    def __init__(self, objects: Sequence[bytes], page: int, planned: PagePlan) -> None:
        self._objects = objects
        self._page = page
        self._number = planned.number
        self.marked: list[int] = []

    def elements(self, numbers: Sequence[int], planned: Sequence[Element], parent: int) -> None:
        """Raises `PageMismatch` unless the objects are the planned elements under `parent`, with all that is below them."""
        if len(numbers) != len(planned):
            raise PageMismatch(self._number)
        for number, element in zip(numbers, planned, strict=True):
            self._element(number, element, parent)

    def _element(self, number: int, planned: Element, parent: int) -> None:
        found = self._objects[number]
        kids: list[int] = []
        held = b""
        if planned.mark is not None:
            self.marked.append(number)
            held = b"/Pg %d 0 R/K %d" % (self._page, planned.mark)
        elif planned.children:
            kids = _kids(found)
            held = b"/K[%b]" % _references(kids)
        if found != b"<</S/%b/P %d 0 R%b%b>>" % (planned.tag.encode(), parent, held, _said(planned)):
            raise PageMismatch(self._number)
        self.elements(kids, planned.children, number)


def _kids(element: bytes) -> list[int]:
    found = _KIDS.search(element)
    return [] if found is None else [int(number) for number in found[1].split(b" 0 R")[:-1]]


def _references(numbers: Sequence[int]) -> bytes:
    return b" ".join([b"%d 0 R" % number for number in numbers])


def _said(element: Element) -> bytes:
    """The entries /A, /ActualText and /Alt."""
    if element.cell is not None:
        return _cell(element.cell)
    spoken = b"/ActualText %b" % _words(element.actual_text) if element.actual_text else b""
    if element.alternative is None or element.box is None:
        return spoken
    box = element.box
    edges = (box.x, box.y, box.x + box.width, box.y + box.height)
    placed = b"/A<</O/Layout/Placement/Block/BBox[%.2f %.2f %.2f %.2f]>>" % edges
    return b"/Alt %b" % _words(element.alternative) + placed


def _words(text: str) -> bytes:
    return b"<%b>" % f"\ufeff{text}".encode("utf-16-be").hex().upper().encode()


@lru_cache(maxsize=256)
def _cell(cell: GridCell) -> bytes:
    scope = f"/Scope/{cell.scope}" if cell.scope else ""
    spans = "".join(f"/{name} {span}" for name, span in (("ColSpan", cell.columns), ("RowSpan", cell.rows)) if span > 1)
    return f"/A<</O/Table{scope}{spans}>>".encode() if scope or spans else b""
