"""Is the finished file read aloud as planned? Follows its structure tree from the root (read with qpdf).

Each object is compared whole with what the plan asks for, in qpdf's spelling of it: there is no element, attribute or
word more than planned, and every mark is reached once, in order.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from pikepdf import Pdf, String

from pdf.errors import PageMismatch
from pdf.forms.grid import GridCell
from pdf.page_plan import PagePlan
from pdf.reading import Element

_KIDS = re.compile(rb"/K \[ ((?:\d+ 0 R )+)\]")


def check_read_aloud(file: Pdf, pages: Sequence[PagePlan]) -> None:
    """Raises `PageMismatch`, with the page where it is known, unless structure and parent tree are the planned ones."""
    catalog, root, document = file.Root, file.Root.StructTreeRoot, file.Root.StructTreeRoot.K
    if catalog.MarkInfo.unparse(resolved=True) != b"<< /Marked true >>" or str(catalog.Lang) != "ja-JP":
        raise PageMismatch
    found = document.unparse(resolved=True)
    kids = rest = _kids(found)
    parents = b""
    for order, (page, planned) in enumerate(zip(file.pages, pages, strict=True)):
        count = len(planned.reading.elements)
        walk = _Walk(file, page.obj.unparse(), planned)
        walk.elements(rest[:count], planned.reading.elements, document.unparse())
        rest = rest[count:]
        parents += b"%d [ %b] " % (order, _references(walk.marked))
        if page.obj.StructParents != order or str(page.obj.Tabs) != "/S":
            raise PageMismatch(planned.number)
    wanted_root = b"<< /K %b /ParentTree << /Nums [ %b] >> /ParentTreeNextKey %d /Type /StructTreeRoot >>"
    wanted = b"<< /K [ %b] /P %b /S /Document >>" % (_references(kids), root.unparse())
    if (
        rest
        or found != wanted
        or root.unparse(resolved=True) != wanted_root % (document.unparse(), parents, len(pages))
    ):
        raise PageMismatch


class _Walk:
    """Walks the elements of one page beside the planned ones; `marked` are the objects that hold content, as reached."""

    def __init__(self, file: Pdf, page: bytes, planned: PagePlan) -> None:
        self._file = file
        self._page = page
        self._number = planned.number
        self.marked: list[int] = []

    def elements(self, objects: Sequence[int], planned: Sequence[Element], parent: bytes) -> None:
        """Raises `PageMismatch` unless the objects are the planned elements under `parent`, with all that is below them."""
        if len(objects) != len(planned):
            raise PageMismatch(self._number)
        for number, element in zip(objects, planned, strict=True):
            self._element(number, element, parent)

    def _element(self, number: int, planned: Element, parent: bytes) -> None:
        found = self._file.get_object(number, 0).unparse(resolved=True)
        kids: list[int] = []
        if planned.mark is not None:
            self.marked.append(number)
            held = b"/K %d /P %b /Pg %b" % (planned.mark, parent, self._page)
        elif planned.children:
            kids = _kids(found)
            held = b"/K [ %b] /P %b" % (_references(kids), parent)
        else:
            held = b"/P %b" % parent
        if found != b"<< %b%b /S /%b >>" % (_said(planned), held, planned.tag.encode()):
            raise PageMismatch(self._number)
        self.elements(kids, planned.children, b"%d 0 R" % number)


def _kids(element: bytes) -> list[int]:
    found = _KIDS.search(element)
    return [] if found is None else [int(number) for number in found[1].split(b" 0 R ")[:-1]]


def _references(numbers: Sequence[int]) -> bytes:
    return b"".join([b"%d 0 R " % number for number in numbers])


def _said(element: Element) -> bytes:
    """The entries /A, /ActualText and /Alt."""
    if element.cell is not None:
        return _cell(element.cell)
    spoken = b"/ActualText %b " % String(element.actual_text).unparse() if element.actual_text else b""
    if element.alternative is None or element.box is None:
        return spoken
    box = element.box
    edges = (box.x, box.y, box.x + box.width, box.y + box.height)
    placed = b"/A << /BBox [ %.2f %.2f %.2f %.2f ] /O /Layout /Placement /Block >> " % edges
    return placed + b"/Alt %b " % String(element.alternative).unparse()


@lru_cache(maxsize=256)
def _cell(cell: GridCell) -> bytes:
    columns = b"/ColSpan %d " % cell.columns if cell.columns > 1 else b""
    rows = b"/RowSpan %d " % cell.rows if cell.rows > 1 else b""
    scope = b"/Scope /%b " % cell.scope.encode() if cell.scope else b""
    return b"/A << %b/O /Table %b%b>> " % (columns, rows, scope) if columns or rows or scope else b""
