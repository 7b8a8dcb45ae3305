"""Another system that writes files by a layout table: the other way round than our reader, and without its code."""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence

from sync.feeds.layout_table import LayoutTable, Line

BOMS = {"utf-8-bom": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}
CODECS = {"utf-8-bom": "utf-8", "utf-16": "utf-16-le"}

Values = Mapping[str, str | bytes]
"""What stands in each column, by its item, as the other system writes it; bytes go in as they are (fixed length alone)."""


def codec(table: LayoutTable) -> str:
    return CODECS.get(table.encoding, table.encoding)


def line(table: LayoutTable, kind: Line, values: Values) -> bytes:
    if table.form == "csv":
        texts = [kind.mark, *(str(values.get(column.item, "")) for column in kind.columns)]
        quoted = ",".join(f'"{text.replace(chr(34), chr(34) * 2)}"' for text in texts)
        return (quoted + table.line_end).encode(codec(table))
    fields = [kind.mark.encode(codec(table))]
    for column in kind.columns:
        value = values.get(column.item, "")
        field = value if isinstance(value, bytes) else value.encode(codec(table))
        blank = " ".encode(codec(table))
        assert len(field) <= column.size, column.item
        fields.append(field + blank * ((column.size - len(field)) // len(blank)))
    return b"".join(fields) + table.line_end.encode(codec(table))


def file(
    table: LayoutTable,
    header: Values,
    records: Sequence[Values],
    *,
    count: int | None = None,
    between: bytes = b"",
    sha256: str | None = None,
) -> bytes:
    """A whole file; the trailer tells the truth unless told otherwise."""
    told = str(len(records) if count is None else count)
    body = BOMS.get(table.encoding, b"") + line(table, table.header, {"records": told.zfill(8), **header})
    kinds = dict(table.records)
    body += b"".join(line(table, kinds[str(record.get("part", "D"))], record) for record in records) + between
    digest = hashlib.sha256(body).hexdigest() if sha256 is None else sha256
    return body + line(table, table.trailer, {"records": told, "sha256": digest})


def zipped(content: bytes, name: str = "file.csv") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()
