"""CSV for a spreadsheet: UTF-8 with a byte order mark, or CP932; no cell begins like a formula, whatever somebody called it."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from civil.errors import KioskError
from kiosk_server.exporting.table_writer import Cell

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARK: Final = "\ufeff"
_MOST_NAMED: Final = 20


class NotInCp932(KioskError):
    """CP932 にない文字が含まれるため、書き出しませんでした。UTF-8 の CSV か Excel を選んでください。 /
    There are characters that CP932 does not have, so nothing was written. Choose CSV in UTF-8, or Excel."""

    @classmethod
    def naming(cls, characters: Iterable[str]) -> "NotInCp932":
        """With the characters, which are those of names of shops and the like."""
        named = " ".join(f"{one}(U+{ord(one):04X})" for one in sorted(characters)[:_MOST_NAMED])
        return cls(
            f"CP932 にない文字が含まれるため、書き出しませんでした: {named}。UTF-8 の CSV か Excel を選んでください。 / "
            f"CP932 does not have these characters, so nothing was written: {named}. Choose CSV in UTF-8, or Excel."
        )


@dataclass(frozen=True, slots=True)
class CsvLines:
    """A `TableWriter`. In CP932 a character that it does not have raises NotInCp932: nothing is ever replaced."""

    encoding: Literal["utf-8", "cp932"] = "utf-8"
    content_type: str = "text/csv"
    suffix: str = "csv"
    most_rows: int = 1_000_000

    def begin(self, headings: Sequence[str]) -> bytes:
        """The headings, behind the mark by which a spreadsheet tells UTF-8."""
        return self._encoded((_MARK if self.encoding == "utf-8" else "") + _lines([headings]))

    def add(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        """Lines ended by CRLF. Raises NotInCp932."""
        return self._encoded(_lines(rows))

    def end(self) -> bytes:
        """Nothing."""
        return b""

    def missing(self, rows: Sequence[Sequence[Cell]]) -> set[str]:
        """The characters of these rows that the encoding does not have."""
        text = "".join(str(cell) for row in rows for cell in row)
        return set() if self.encoding == "utf-8" else {one for one in set(text) if not _has(one)}

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError as missing:
            raise NotInCp932.naming({text[missing.start]}) from None


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _lines(rows: Iterable[Sequence[Cell]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [cell if isinstance(cell, int) else safe(cell) for cell in row] for row in rows
    )
    return text.getvalue()


def _has(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
