"""Tables as one workbook for a spreadsheet (Office Open XML, ECMA-376 part 1): texts and whole numbers, a sheet for each table."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

_HEAD: Final = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every part, so that the same tables give the same bytes."""

Table = Sequence[Sequence[str | int]]
"""Rows of cells, the names first."""


def workbook(tables: Mapping[str, Table]) -> bytes:
    """Return the file, with the sheets in this order under these names. A text is never a formula."""
    numbers = range(1, len(tables) + 1)
    parts = {
        "[Content_Types].xml": _content_types(numbers),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _sheets(tables),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
        ),
    } | {
        f"xl/worksheets/sheet{number}.xml": _sheet(table)
        for number, table in zip(numbers, tables.values(), strict=True)
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name, _WHEN), _HEAD + part, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _content_types(numbers: Sequence[int]) -> str:
    sheets = "".join(
        f"<Override PartName='/xl/worksheets/sheet{number}.xml' ContentType='{_TYPE}.worksheet+xml'/>"
        for number in numbers
    )
    return (
        f"<Types xmlns='{_PACKAGE}/content-types'>"
        "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
        f"<Override PartName='/xl/workbook.xml' ContentType='{_TYPE}.sheet.main+xml'/>{sheets}</Types>"
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    each = "".join(
        f"<Relationship Id='rId{number}' Type='{_RELATIONS}/{kind}' Target='{target}'/>"
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f"<Relationships xmlns='{_PACKAGE}/relationships'>{each}</Relationships>"


def _sheets(tables: Mapping[str, Table]) -> str:
    each = "".join(
        f"<sheet name='{escape(name)}' sheetId='{number}' r:id='rId{number}'/>"
        for number, name in enumerate(tables, start=1)
    )
    return f"<workbook xmlns='{_MAIN}' xmlns:r='{_RELATIONS}'><sheets>{each}</sheets></workbook>"


def _sheet(table: Table) -> str:
    rows = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in table)
    return f"<worksheet xmlns='{_MAIN}'><sheetData>{rows}</sheetData></worksheet>"


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f"<c t='inlineStr'><is><t xml:space='preserve'>{escape(value)}</t></is></c>"
