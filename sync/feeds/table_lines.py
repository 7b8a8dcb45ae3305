"""The lines of a file as its layout table says they are written: each becomes the items of our own feeds, with what is wrong in them."""

import csv
from collections.abc import Iterator
from io import BufferedIOBase
from typing import Final

from sync.feeds.characters import BYTE_ORDER_MARK, NotACharacter, character_fault, decode, decode_marking
from sync.feeds.errors import FileRefused
from sync.feeds.forms import FORMS, PADDING, NotOfTheForm
from sync.feeds.items import Items
from sync.feeds.layout_table import Column, LayoutTable, Line
from sync.feeds.octet_lines import OctetLines

_UTF_8_MARK: Final = b"\xef\xbb\xbf"
_UTF_16_MARKS: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UNMAPPED: Final = (
    "文字コードにない符号、または途中で切れた文字です。 / A code that the encoding does not have, or half a character."
)
_NO_MARK: Final = "先頭に BOM がありません。 / It does not begin with a byte order mark."


class TableLines:
    """Reads on line by line; what makes a line unreadable raises FileRefused, what is wrong with an item stays with the item."""

    def __init__(self, stream: BufferedIOBase, table: LayoutTable) -> None:
        self._table = table
        self.octets = OctetLines(stream)
        self._codec = self._begin()
        self._newline = table.line_end.encode(self._codec)
        self._kinds = {line.mark: (part, line) for part, line in _all_lines(table)}

    def next(self) -> tuple[str, Items]:
        """H for the header, T for the trailer, or the part of a record; with the items of that line."""
        self.octets.begin()
        part, line, fields = self._fixed() if self._table.form == "fixed" else self._csv()
        return part, self._items(part, line, fields)

    def _begin(self) -> str:
        """Take the byte order mark where the table says there is one; which codec the rest is in."""
        encoding = self._table.encoding
        if encoding == "utf-8-bom" and self.octets.read_mark(len(_UTF_8_MARK)) != _UTF_8_MARK:
            raise FileRefused(1, "line", _NO_MARK)
        if encoding != "utf-16":
            return self._table.codec
        codec = _UTF_16_MARKS.get(self.octets.read_mark(2))
        if codec is None:
            raise FileRefused(1, "line", _NO_MARK)
        return codec

    def _fixed(self) -> tuple[str, Line, list[str | None]]:
        mark = self._text(self.octets.read(len(self._table.header.mark.encode(self._codec))))
        part, line = self._kind(mark or "")
        octets = self.octets.read(line.size)
        end = self.octets.read_at_most(len(self._newline))
        # The last line of a file may do without.
        if end != self._newline and (end or part != "T"):
            raise self._refused("line", "行の長さが違います。 / The line has another length.")
        at, fields = 0, []
        for column in line.columns:
            fields.append(self._text(octets[at : at + column.size]))
            at += column.size
        return part, line, fields

    def _csv(self) -> tuple[str, Line, list[str | None]]:
        octets = self.octets.read_line("\n".encode(self._codec))
        is_ended = octets.endswith(self._newline)
        try:
            text = decode_marking(octets[: -len(self._newline)] if is_ended else octets, self._codec)
            (texts,) = csv.reader([text], strict=True)
        except NotACharacter:
            raise self._refused("line", _UNMAPPED) from None
        except (csv.Error, ValueError):
            raise self._refused("line", "CSV の1行ではありません。 / It is not one line of CSV.") from None
        part, line = self._kind(texts[0] if texts else "")
        # The last line of a file may do without an end.
        if text.endswith(("\r", "\n")) or not (is_ended or part == "T"):
            raise self._refused("line", "行の終わりが表と違います。 / The line ends otherwise than the table says.")
        if len(texts) - 1 != len(line.columns):
            raise self._refused("line", f"項目は{len(line.columns)}個です。 / It has {len(line.columns)} items.")
        return part, line, [*texts[1:]]

    def _text(self, field: bytes) -> str | None:
        """Without the padding; None for what has no meaning in the encoding."""
        try:
            return decode(field, self._codec).rstrip(PADDING)
        except NotACharacter:
            return None

    def _kind(self, mark: str) -> tuple[str, Line]:
        if mark.startswith(BYTE_ORDER_MARK):
            raise self._refused("line", "BOM があるべきでない所にあります。 / A byte order mark where none belongs.")
        if mark not in self._kinds:
            kinds = ", ".join(self._kinds)
            raise self._refused("type", f"行の始まりは次のいずれかです。 / A line begins with one of: {kinds}")
        return self._kinds[mark]

    def _items(self, part: str, line: Line, fields: list[str | None]) -> Items:
        texts: dict[str, str] = dict(line.constants)
        faults: dict[str, str] = {}
        for column, field in zip(line.columns, fields, strict=True):
            item, _, inner = column.item.partition(".")
            if not item:
                continue
            try:
                text = self._value(column, field)
            except NotOfTheForm as fault:
                texts.setdefault(item, "")
                faults.setdefault(item, f"{inner}: {fault}" if inner else str(fault))
            else:
                texts[item] = _joined(texts.get(item, ""), inner, text) if inner else text
        return Items(self.octets.number, texts, faults, part)

    def _value(self, column: Column, field: str | None) -> str:
        if field is None:
            raise NotOfTheForm(_UNMAPPED)
        if column.words:
            if field not in column.words:
                raise NotOfTheForm(f"次のいずれかです。 / It is one of: {', '.join(column.words)}")
            return column.words[field]
        text = self._meant(field) if column.form == "text" else field
        if (fault := character_fault(text)) is not None:
            raise NotOfTheForm(fault)
        return FORMS[column.form](text)

    def _meant(self, text: str) -> str:
        characters = self._table.characters
        return "".join(characters.get(character, character) for character in text) if characters else text

    def _refused(self, item: str, reason: str) -> FileRefused:
        return FileRefused(self.octets.number, item, reason)


def _all_lines(table: LayoutTable) -> Iterator[tuple[str, Line]]:
    yield "H", table.header
    yield from table.records
    yield "T", table.trailer


def _joined(before: str, name: str, value: str) -> str:
    """Columns of one item (`amounts.total_income`) as it is written in our own files; an empty one is left out."""
    return before if not value else f"{before};{name}={value}" if before else f"{name}={value}"
