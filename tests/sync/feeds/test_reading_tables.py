"""A layout table with a mistake is refused with its place, before any file is read by it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sync.feeds.layout_table import LayoutTableWrong
from sync.feeds.layout_tables import TwoTablesForOneName, examples, read, table_for, tables_in
from tests.sync.feeds.tables import RECORD, toml

GOOD = toml("cp932", "fixed", "crlf")
WRONG: dict[str, tuple[Callable[[str], str], str]] = {
    "no TOML": (lambda text: text + "[", "TOML"),
    "an unknown word": (lambda text: text.replace("bad_rows", "badrows"), "badrows"),
    "an unknown encoding": (lambda text: text.replace('"cp932"', '"sjis"'), "encoding"),
    "an unknown form": (lambda text: text.replace('"fixed"', '"tab"'), "form"),
    "an unknown line end": (lambda text: text.replace('"crlf"', '"cr"'), "line_end"),
    "no title": (lambda text: text.replace('title = "試験"', ""), "title"),
    "files no list": (lambda text: text.replace('["*.dat"]', '"*.dat"'), "files"),
    "an item twice": (lambda text: text.replace('item = "cause"', 'item = "disaster"'), "record"),
    "an item missing": (lambda text: text.replace('item = "cause"', 'item = ""'), "record"),
    "an item of another feed": (lambda text: text.replace('{item = "cause"', '{item = "image", bytes = 9}, {item = "cause"'), "record"),
    "no bytes": (lambda text: text.replace(RECORD[4] % ", bytes = 256", RECORD[4] % ""), "record.items[5].bytes"),
    "bytes in words": (lambda text: text.replace(RECORD[4] % ", bytes = 256", RECORD[4] % ', bytes = "9"'), "record.items[5].bytes"),
    "another place than the sum": (lambda text: text.replace('{item = "name"', '{item = "name", at = 1024'), "record.items[5].at"),
    "an unknown key of an item": (lambda text: text.replace('{item = "name"', '{item = "name", length = 4'), "record.items[5].length"),
    "an unknown form of an item": (lambda text: text.replace('form = "era date"', 'form = "wareki"'), "record.items[6].form"),
    "a word no text": (lambda text: text.replace('"9" = "delete"', '"9" = 9'), "record.items[1]"),
    "a layout nobody knows": (lambda text: text.replace("kiosk-disaster-full", "kiosk-disaster-half"), "header.layout"),
    "layouts of two sources": (lambda text: text.replace("kiosk-disaster-full", "kiosk-tax-full"), "header.layout"),
    "no count": (lambda text: text.replace('item = "records"', 'item = ""'), "trailer"),
    "a mark twice": (lambda text: text.replace('mark = "D"', 'mark = "H"'), "mark"),
    "marks of two lengths": (lambda text: text.replace('mark = "D"', 'mark = "DD"'), "mark"),
    "no mark": (lambda text: text.replace('mark = "D"', 'mark = ""'), "record.mark"),
    "a gaiji that is none": (lambda text: text + '[characters]\nF0 = "髙"', "characters.F0"),
    "a gaiji without a meaning": (lambda text: text + '[characters]\nF040 = "〓"', "characters.F040"),
    "a gaiji that means a gaiji": (lambda text: text + '[characters]\nF040 = "\ue000"', "characters.F040"),
}  # fmt: skip


def written(directory: Path, text: str, name: str = "table.toml") -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("wrong", WRONG)
def test_a_mistake_in_a_table_is_told_with_its_place(wrong: str, tmp_path: Path) -> None:
    change, place = WRONG[wrong]
    text = change(GOOD)
    assert text != GOOD
    with pytest.raises(LayoutTableWrong) as fault:
        read(written(tmp_path, text))
    assert fault.value.place == place
    assert "table.toml" in str(fault.value)


def test_a_table_is_chosen_by_the_name_of_the_file(tmp_path: Path) -> None:
    for path in examples():
        written(tmp_path, path.read_text(encoding="utf-8"), path.name)
    tables = tables_in(tmp_path)
    assert len(tables) == len(examples())
    chosen = table_for(tables, "INKAN_20261126.csv")
    assert chosen is not None
    assert chosen.name == "seal.toml"
    assert table_for(tables, "kiosk.csv") is None
    written(tmp_path, GOOD.replace("*.dat", "INKAN*"))
    with pytest.raises(TwoTablesForOneName):
        table_for(tables_in(tmp_path), "INKAN_20261126.csv")
