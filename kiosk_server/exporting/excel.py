"""An Excel file (ECMA-376) of one sheet, written straight through: openpyxl's own writer puts the sheet into a file on the disk first."""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import IO, Final
from xml.sax.saxutils import escape

from kiosk_server.exporting.table_writer import Cell

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SPREADSHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SPREADSHEET}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SPREADSHEET}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="発行履歴" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    # The second style is "text" (49): what is edited later stays the digits that somebody typed.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" numFmtId="49" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_SHEET: Final = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class ExcelSheet:
    """A `TableWriter`. Texts are text cells, so nothing in them is a formula and no digit of a number that is a name is lost."""

    content_type = f"{_SPREADSHEET}.sheet"
    suffix = "xlsx"
    most_rows = 1_000_000

    def __init__(self) -> None:
        self._out = _Drain()
        self._archive = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED)
        self._sheet: IO[bytes] | None = None

    def begin(self, headings: Sequence[str]) -> bytes:
        """The parts that do not depend on the rows, and the headings."""
        for name, content in _PARTS.items():
            self._archive.writestr(name, _HEAD + content)
        self._sheet = self._archive.open("xl/worksheets/sheet1.xml", "w")
        self._sheet.write((_HEAD + _SHEET).encode())
        return self.add([headings])

    def add(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        """Some rows, packed."""
        assert self._sheet is not None, "begin comes first"  # noqa: S101 - for the type
        self._sheet.write("".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows).encode())
        return self._out.taken()

    def end(self) -> bytes:
        """The end of the sheet and of the archive."""
        assert self._sheet is not None, "begin comes first"  # noqa: S101 - for the type
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()
        self._archive.close()
        return self._out.taken()


class _Drain(io.RawIOBase):
    """Where the archive is written to: it cannot go back, and what was taken is gone."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: object, /) -> int:
        written = bytes(content)  # type: ignore[call-overload]  # a buffer
        self._waiting += written
        return len(written)

    def taken(self) -> bytes:
        taken, self._waiting = bytes(self._waiting), bytearray()
        return taken


def _cell(value: Cell) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    # A character that XML cannot hold is written as the standard says (ECMA-376 22.9.2.19), so it is not lost.
    text = _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    return f'<c s="1" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
