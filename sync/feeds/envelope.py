"""The form of every file that another system gives us: one header, records, one trailer that says how many and which bytes.

    H,<layout>,1,<municipality code>,<items of the header>
    D,<items of the record>
    T,<number of lines between H and T>,<SHA-256 of every byte before this line, 64 lower-case hexadecimal digits>

CSV (RFC 4180) in UTF-8 without a byte order mark, one line for each record, LF or CRLF. A file that was cut, joined or
changed on its way does not fit its trailer and is refused as a whole.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BufferedIOBase
from typing import Final

from sync.feeds.errors import FileRefused
from sync.feeds.items import Items
from sync.feeds.octet_lines import OctetLines
from sync.feeds.records import in_records
from sync.feeds.wholeness import require_city_code, require_content, require_count

VERSION: Final = "1"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_TRAILER: Final = ("records", "sha256")


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file: its name, and the names of the items of its header and of each record.

    A record that holds others (a koseki, its members) is a D line and lines with the letters of `parts` behind it.
    """

    name: str
    header: tuple[str, ...]
    record: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def is_difference(self) -> bool:
        """Whether its files say what changed, and may take records away."""
        return self.name.endswith("-difference")

    @property
    def source(self) -> str:
        """The second word of the name: `seal` for `kiosk-seal-full`."""
        return self.name.split("-")[1]


class EnvelopeReader:
    """Reads one file, of one of these layouts, from a binary stream. Every fault raises FileRefused.

    Nothing of the records may be kept before `records` has come to its end: only then is the file known to be whole.
    """

    sets_aside = False
    """Who writes our own form checks it first: one bad record means that something is wrong there, and refuses the file."""

    def __init__(self, stream: BufferedIOBase, *layouts: Layout) -> None:
        self._octets = OctetLines(stream)
        texts = self._texts()
        self.layout = self._layout(texts, {layout.name: layout for layout in layouts})
        self.header = self._items(("layout", "version", "municipality_code", *self.layout.header), texts[1:])
        if self.header.texts["version"] != VERSION:
            raise self.header.refused("version", f"版は{VERSION}です。 / The version of the layout is {VERSION}.")
        require_city_code(self.header)

    @property
    def municipality_code(self) -> str:
        """Whose data it is."""
        return self.header.texts["municipality_code"]

    @property
    def sha256(self) -> bytes:
        """Of every byte read so far; of the whole file once `records` has come to its end."""
        return self._octets.sha256

    def records(self) -> Iterator[Items]:
        """Each record, with its parts, then the check of the trailer."""
        return in_records(self._lines())

    def _lines(self) -> Iterator[Items]:
        count, kinds = 0, {"D": self.layout.record, **self.layout.parts}
        while (texts := self._texts())[0] in kinds:
            count += 1
            yield replace(self._items(kinds[texts[0]], texts[1:]), part=texts[0])
        if texts[0] != "T":
            letters = ", ".join([*kinds, "T"])
            raise FileRefused(self._line, "type", f"行の始まりは次のいずれかです。 / A line begins with: {letters}")
        trailer = self._items(_TRAILER, texts[1:])
        require_count(trailer, count)
        require_content(trailer, self._octets)
        self._octets.require_end()

    @property
    def _line(self) -> int:
        return self._octets.number

    def _texts(self) -> list[str]:
        """The fields of the next line."""
        self._octets.begin()
        return self._fields(self._octets.read_line())

    def _fields(self, line: bytes) -> list[str]:
        if line.startswith(_BYTE_ORDER_MARK):
            raise FileRefused(
                self._line, "line", "BOM なしの UTF-8 にしてください。 / Use UTF-8 without a byte order mark."
            )
        try:
            (texts,) = csv.reader([line.decode().rstrip("\r\n")], strict=True)
        except UnicodeDecodeError:
            raise FileRefused(self._line, "line", "UTF-8 ではありません。 / It is not UTF-8.") from None
        except (csv.Error, ValueError):
            raise FileRefused(self._line, "line", "CSV の1行ではありません。 / It is not one line of CSV.") from None
        if not texts:
            raise FileRefused(self._line, "line", "空行です。 / It is an empty line.")
        return texts

    def _layout(self, texts: list[str], layouts: Mapping[str, Layout]) -> Layout:
        if texts[0] != "H" or len(texts) < 2:  # noqa: PLR2004 - the letter and the layout
            raise FileRefused(self._line, "type", "H の行で始まります。 / A file begins with the line H.")
        if texts[1] not in layouts:
            raise FileRefused(self._line, "layout", f"次のいずれかです。 / It is one of: {', '.join(layouts)}")
        return layouts[texts[1]]

    def _items(self, names: tuple[str, ...], texts: list[str]) -> Items:
        if len(texts) != len(names):
            reason = f"項目は{len(names)}個です。 / It has {len(names)} items: {', '.join(names)}"
            raise FileRefused(self._line, "line", reason)
        return Items(self._line, dict(zip(names, texts, strict=True)))
