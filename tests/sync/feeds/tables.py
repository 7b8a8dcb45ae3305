"""Layout tables for tests: the examples that come with the program, and small ones in every form and encoding."""

from pathlib import Path

from sync.feeds.layout_table import LayoutTable
from sync.feeds.layout_tables import examples, read

ENCODINGS = ("utf-8", "utf-8-bom", "cp932", "utf-16", "utf-16-le", "utf-16-be")
FORMS = tuple(
    (form, end) for form in ("csv", "fixed") for end in ("crlf", "lf", "none") if (form, end) != ("csv", "none")
)

HEADER = (
    '{item = "layout", words = {"1" = "kiosk-disaster-full", "2" = "kiosk-disaster-difference"}%s}',
    '{item = "municipality_code", form = "as it is"%s}',
    '{item = "file_number", form = "number"%s}',
    '{item = "as_of", form = "instant"%s}',
)
RECORD = (
    '{item = "action", words = {"1" = "set", "9" = "delete"}%s}',
    '{item = "municipality_code", form = "as it is"%s}',
    '{item = "damage_number", form = "as it is"%s}',
    '{item = "person_number", form = "as it is"%s}',
    '{item = "name"%s}',
    '{item = "birth_on", form = "era date"%s}',
    '{item = "address"%s}',
    '{item = "disaster"%s}',
    '{item = "struck_on", form = "date"%s}',
    '{item = "cause"%s}',
    '{item = "dwelling_address"%s}',
    '{item = "degree", words = {"1" = "total", "4" = "half", "" = ""}%s}',
    '{item = "birth_text", value = ""}',
    '{item = "reassessing_since", value = ""}',
)
TRAILER = ('{item = "records", form = "number"%s}', '{item = "sha256", form = "hex"%s}')


def example(name: str) -> LayoutTable:
    return read(next(path for path in examples() if path.stem == name))


def toml(encoding: str, form: str, line_end: str, bad_rows: str = "set aside", more: str = "") -> str:
    """A table for disaster damage; fixed length items have 256 bytes each."""

    def items(columns: tuple[str, ...]) -> str:
        size = ", bytes = 256" if form == "fixed" else ""
        return "[" + ", ".join(column % size if "%s" in column else column for column in columns) + "]"

    return f"""
title = "試験"
files = ["*.dat"]
encoding = "{encoding}"
form = "{form}"
line_end = "{line_end}"
bad_rows = "{bad_rows}"
header = {{mark = "H", items = {items(HEADER)}}}
record = {{mark = "D", items = {items(RECORD)}}}
trailer = {{mark = "T", items = {items(TRAILER)}}}
{more}
"""


def table(
    directory: Path, encoding: str, form: str, line_end: str, bad_rows: str = "set aside", more: str = ""
) -> LayoutTable:
    path = directory / "table.toml"
    path.write_text(toml(encoding, form, line_end, bad_rows, more), encoding="utf-8")
    return read(path)
