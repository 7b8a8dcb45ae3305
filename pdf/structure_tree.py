"""Writes the reading order into the file: structure tree and parent tree (ISO 32000-1, 14.7)."""

from collections.abc import Sequence
from functools import lru_cache

from pdf.file_writer import FileWriter, reference, text_string
from pdf.forms.grid import GridCell
from pdf.reading import Element, Reading


def write_structure(file: FileWriter, readings: Sequence[Reading], page_numbers: Sequence[int]) -> int:
    """Add how all pages are read, whose objects have `page_numbers`; returns the root's object number."""
    root, document = file.take_number(), file.take_number()
    tops: list[int] = []
    parents: list[bytes] = []
    for order, (reading, number) in enumerate(zip(readings, page_numbers, strict=True)):
        writer = _PageStructure(file, number)
        tops += [writer.write(element, document) for element in reading.elements]
        parents.append(b"%d[%b]" % (order, b" ".join(map(reference, writer.marked))))
    file.put(document, b"<</S/Document/P %d 0 R/K[%b]>>" % (root, b" ".join(map(reference, tops))))
    tree = b"/ParentTree<</Nums[%b]>>/ParentTreeNextKey %d" % (b"".join(parents), len(parents))
    file.put(root, b"<</Type/StructTreeRoot/K %d 0 R%b>>" % (document, tree))
    return root


class _PageStructure:
    """Writes the elements of one page; `marked` are those that hold content, in the order of their marks."""

    def __init__(self, file: FileWriter, page: int) -> None:
        self._file = file
        self._page = page
        self.marked: list[int] = []

    def write(self, element: Element, parent: int) -> int:
        """Add `element` and all below it; returns its object number."""
        number = self._file.take_number()
        if element.mark is not None:
            self.marked.append(number)
            kids = b"/Pg %d 0 R/K %d" % (self._page, element.mark)
        elif element.children:
            kids = b"/K[%b]" % b" ".join([reference(self.write(child, number)) for child in element.children])
        else:
            kids = b""
        entries = (element.tag.encode(), parent, kids, _cell(element.cell), _words(element))
        self._file.put(number, b"<</S/%b/P %d 0 R%b%b%b>>" % entries)
        return number


@lru_cache(maxsize=256)
def _cell(cell: GridCell | None) -> bytes:
    if cell is None:
        return b""
    scope = b"/Scope/%b" % cell.scope.encode() if cell.scope else b""
    columns = b"/ColSpan %d" % cell.columns if cell.columns > 1 else b""
    rows = b"/RowSpan %d" % cell.rows if cell.rows > 1 else b""
    return b"/A<</O/Table%b%b%b>>" % (scope, columns, rows) if scope or columns or rows else b""


def _words(element: Element) -> bytes:
    spoken = b"/ActualText %b" % text_string(element.actual_text) if element.actual_text else b""
    if element.alternative is None or element.box is None:
        return spoken
    box = element.box
    edges = (box.x, box.y, box.x + box.width, box.y + box.height)
    return b"/Alt %b/A<</O/Layout/Placement/Block/BBox[%.2f %.2f %.2f %.2f]>>" % (
        text_string(element.alternative), *edges,
    )  # fmt: skip
