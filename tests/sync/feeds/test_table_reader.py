"""Files in every encoding and form are read as they were meant, character for character, or the record has a fault; nothing is guessed."""

import io
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.feeds import FileRefused, Items
from sync.feeds.characters import DEGRADED
from sync.feeds.fed_sources import FED_SOURCES
from sync.feeds.layout_table import LayoutTable
from sync.feeds.table_reader import TableReader
from tests.sync.feeds.tables import ENCODINGS, FORMS, example, table
from tests.sync.feeds.written import codec, file, line
from tests.sync.registry_rows import CITY

HEAD = {"layout": "1", "municipality_code": CITY, "file_number": "000007", "as_of": "20261126013000"}
ROW = {
    "action": "1", "municipality_code": CITY, "damage_number": "R8-1", "person_number": "0000000101", "name": "足利　太郎",
    "birth_on": "3550229", "address": "栃木県足利市本城三丁目2145番地", "disaster": "見本台風", "struck_on": "20260912",
    "cause": "床上浸水", "dwelling_address": "足利市1番地", "degree": "4",
}  # fmt: skip
READ = {
    "action": "set", "municipality_code": CITY, "damage_number": "R8-1", "person_number": "0000000101", "name": "足利　太郎",
    "birth_on": "1980-02-29", "birth_text": "", "address": "栃木県足利市本城三丁目2145番地", "disaster": "見本台風",
    "struck_on": "2026-09-12", "cause": "床上浸水", "dwelling_address": "足利市1番地", "degree": "half", "reassessing_since": "",
}  # fmt: skip

EVERY_FORM = [(encoding, *form) for encoding in ENCODINGS for form in FORMS]


@pytest.fixture(params=EVERY_FORM, ids="-".join)
def every(request: pytest.FixtureRequest, tmp_path: Path) -> LayoutTable:
    return table(tmp_path, *request.param)


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> list[LayoutTable]:
    return [table(tmp_path_factory.mktemp("tables"), *form) for form in EVERY_FORM]


def read(table: LayoutTable, content: bytes) -> list[Items]:
    return list(TableReader(io.BytesIO(content), table).records())


def refused(table: LayoutTable, content: bytes) -> tuple[int, str]:
    with pytest.raises(FileRefused) as fault:
        read(table, content)
    return fault.value.line, fault.value.item


def test_a_file_is_read_as_our_own_form_would_say_it(every: LayoutTable) -> None:
    reader = TableReader(io.BytesIO(file(every, HEAD, [ROW, {**ROW, "damage_number": "R8-2"}])), every)
    first, second = reader.records()
    assert (dict(first.texts), dict(first.faults), first.line) == (READ, {}, 2)
    assert second.texts["damage_number"] == "R8-2"
    assert (reader.layout.name, reader.municipality_code) == ("kiosk-disaster-full", CITY)
    assert reader.header.texts["file_number"] == "7"
    assert reader.header.texts["as_of"] == "2026-11-26T01:30:00+09:00"


def test_the_last_line_may_do_without_its_end_and_no_other_line_may(every: LayoutTable) -> None:
    good = file(every, HEAD, [ROW])
    end = every.line_end.encode(codec(every))
    assert len(read(every, good[: len(good) - len(end)])) == 1
    if end:
        lines = good.split(end)
        refused(every, lines[0] + end.join(lines[1:]))


@pytest.mark.parametrize("form", ["csv", "fixed"])
@pytest.mark.parametrize(("said", "written"), [("crlf", "lf"), ("lf", "crlf")])
def test_lines_that_end_otherwise_than_the_table_says_are_refused(
    form: str, said: str, written: str, tmp_path: Path
) -> None:
    other = file(table(tmp_path, "cp932", form, written), HEAD, [ROW])
    assert refused(table(tmp_path, "cp932", form, said), other)[0] >= 1


WRONG_FILES: dict[str, Callable[[LayoutTable, bytes], bytes]] = {
    "cut in a line": lambda _table, good: good[:-30],
    "cut after a line": lambda table, good: good[: -len(line(table, table.trailer, {}))],
    "something behind it": lambda _table, good: good + b"\x1a",
    "a wrong count": lambda table, _good: file(table, HEAD, [ROW], count=2),
    "a wrong digest": lambda table, _good: file(table, HEAD, [ROW], sha256="0" * 64),
    "a line changed": lambda table, good: good.replace("R8-1".encode(codec(table)), "R8-7".encode(codec(table))),
    "another city in the header": lambda table, _good: file(table, {**HEAD, "municipality_code": "092020"}, [ROW]),
    "a record of another city": lambda table, _good: file(table, HEAD, [{**ROW, "municipality_code": "092011"}]),
    "a second header": lambda table, _good: file(table, HEAD, [ROW], between=line(table, table.header, HEAD)),
    "an unknown line": lambda table, _good: file(table, HEAD, [ROW], between="X\r\n".encode(codec(table))),
    "a byte order mark in the middle": lambda table, _good: file(table, HEAD, [ROW], between="\ufeff".encode(codec(table) if "utf" in table.encoding else "utf-8")),
    "no header": lambda table, good: good[len(good) - len(line(table, table.trailer, {})) :],
    "nothing": lambda _table, _good: b"",
    "no such layout": lambda table, _good: file(table, {**HEAD, "layout": "3"}, [ROW]),
    "no such day": lambda table, _good: file(table, {**HEAD, "as_of": "20261326013000"}, [ROW]),
}  # fmt: skip


@pytest.mark.parametrize("fault", WRONG_FILES)
def test_what_is_not_whole_is_refused_with_its_place(every: LayoutTable, fault: str) -> None:
    good = file(every, HEAD, [ROW])
    number, item = refused(every, WRONG_FILES[fault](every, good))
    assert 1 <= number <= 4
    assert item


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_in_another_encoding_than_the_table_says_is_never_read_as_if_it_were(
    encoding: str, tmp_path: Path
) -> None:
    said = table(tmp_path, encoding, "csv", "crlf")
    for other in set(ENCODINGS) - {encoding}:
        written = table(tmp_path, other, "csv", "crlf")
        try:
            records = read(said, file(written, HEAD, [ROW]))
        except FileRefused:
            continue
        assert [record.faults.keys() & {"name", "address"} for record in records] == [{"name", "address"}], (
            encoding,
            other,
        )


WRONG_VALUES = {
    "name": ["足利　〓郎", "足利　?郎", "足利　？郎", "足利　□郎", "足利〿"],
    "address": ["足利市1?2"],
    "birth_on": ["3550230", "2160101", "19800229", "不詳"],
    "struck_on": ["20260931", "2026-09/12", "１２３４５６７８"],
    "degree": ["5"],
    "action": ["3"],
}


@pytest.mark.parametrize(
    ("item", "value"), [(item, value) for item, values in WRONG_VALUES.items() for value in values]
)
def test_what_cannot_be_meant_is_a_fault_of_that_record_alone(item: str, value: str, tmp_path: Path) -> None:
    said = table(tmp_path, "utf-8", "csv", "lf")
    bad, good = read(said, file(said, HEAD, [{**ROW, item: value}, ROW]))
    assert set(bad.faults) == {item}
    assert good.faults == {}
    with pytest.raises(FileRefused) as fault:
        bad.require_sound()
    assert (fault.value.line, fault.value.item) == (2, item)
    assert value not in str(fault.value)


UNMAPPED = {
    "utf-8": b"\xe8\xb6",
    "cp932": b"\x85\x40",
    "utf-16-le": b"\x00\xd8",
    "utf-16-be": b"\xd8\x00",
}


@pytest.mark.parametrize("encoding", UNMAPPED)
@pytest.mark.parametrize("form", ["csv", "fixed"])
def test_bytes_without_a_meaning_are_a_fault_and_the_other_items_are_read(
    encoding: str, form: str, tmp_path: Path
) -> None:
    said = table(tmp_path, encoding, form, "crlf")
    mark = "床上浸水".encode(codec(said))
    broken = UNMAPPED[encoding] + "浸水".encode(codec(said))
    broken = broken + b" " * (len(mark) - len(broken)) if len(broken) < len(mark) else broken
    content = file(said, HEAD, [ROW, ROW]).replace(mark, broken, 1)
    assert refused(said, content) == (4, "sha256")
    first = next(TableReader(io.BytesIO(content), said).records())
    assert set(first.faults) == {"cause"}
    assert {**first.texts, "cause": "床上浸水"} == READ


def test_half_a_character_at_the_end_of_a_fixed_length_item_is_a_fault(tmp_path: Path) -> None:
    said = table(tmp_path, "cp932", "fixed", "crlf")
    long = "足" * 127 + "a"
    (record,) = read(said, file(said, HEAD, [{**ROW, "cause": long.encode("cp932") + b"\x91"}]))
    assert set(record.faults) == {"cause"}


def test_gaiji_mean_what_the_table_says_and_nothing_without_it(tmp_path: Path) -> None:
    more = '[characters]\n"F040" = "𠮷"\n"U+E001" = "髙"\n"～" = "〜"\n'
    row = {**ROW, "name": "\ue000野　\ue001", "address": "通～一丁目"}
    said = table(tmp_path, "cp932", "csv", "crlf", more=more)
    (record,) = read(said, file(said, HEAD, [row]))
    assert (record.texts["name"], record.texts["address"]) == ("𠮷野　髙", "通〜一丁目")
    said = table(tmp_path, "cp932", "csv", "crlf")
    (record,) = read(said, file(said, HEAD, [row]))
    with pytest.raises(FileRefused, match="外字"):
        record.text("name", 100)


def test_ibm_extensions_are_not_made_into_other_characters(tmp_path: Path) -> None:
    """FA9C is 塚 with a dot (U+FA10), which normalising would take away."""
    said = table(tmp_path, "cp932", "csv", "crlf")
    (record,) = read(said, file(said, HEAD, [{**ROW, "name": "\ufa10　太郎"}]))
    assert record.texts["name"] == "\ufa10　太郎"
    with pytest.raises(FileRefused, match="NFC"):
        record.text("name", 100)


INVISIBLE: tuple[Literal["Cs", "Cc", "Zs", "Zl", "Zp"], ...] = ("Cs", "Cc", "Zs", "Zl", "Zp")


def in_cp932() -> list[str]:
    """Every character that CP932 writes and reads as the same one: Python's encoder also takes look-alikes of some."""
    characters = (chr(code) for code in range(0x10000))
    visible = (one for one in characters if unicodedata.category(one) not in INVISIBLE and one not in DEGRADED)
    return [one for one in visible if one.encode("cp932", "ignore").decode("cp932") == one]


ANY = st.characters(exclude_categories=INVISIBLE, exclude_characters=sorted(DEGRADED))
CP932 = st.sampled_from(in_cp932())


@given(data=st.data())
def test_every_text_comes_back_as_it_was_written(tables: list[LayoutTable], data: st.DataObject) -> None:
    said = data.draw(st.sampled_from(tables))
    alphabet = CP932 if codec(said) == "cp932" else ANY
    texts = data.draw(st.lists(st.text(alphabet, max_size=30), min_size=1, max_size=4))
    rows = [{**ROW, "name": text, "damage_number": f"R-{number}"} for number, text in enumerate(texts)]
    records = read(said, file(said, HEAD, rows))
    assert [record.texts["name"] for record in records] == texts
    assert all(not record.faults for record in records)


@given(data=st.data())
def test_whatever_the_bytes_no_character_is_another_than_the_encoding_says(
    tables: list[LayoutTable], data: st.DataObject
) -> None:
    said = data.draw(st.sampled_from([table for table in tables if table.form == "fixed"]))
    octets = data.draw(st.binary(max_size=128))
    if codec(said).startswith("utf-16"):
        octets = octets[: len(octets) // 2 * 2]
    (record,) = read(said, file(said, HEAD, [{**ROW, "cause": octets}]))
    try:
        meant = octets.decode(codec(said)).rstrip(" \u3000")
    except UnicodeDecodeError:
        assert set(record.faults) == {"cause"}
        return
    if DEGRADED.intersection(meant):
        assert set(record.faults) == {"cause"}
    else:
        assert (record.texts["cause"], dict(record.faults)) == (meant, {})


@given(data=st.data())
def test_whatever_the_file_it_is_read_or_refused_and_nothing_else(
    tables: list[LayoutTable], data: st.DataObject
) -> None:
    said = data.draw(st.sampled_from(tables))
    good = file(said, HEAD, [ROW])
    at, until = sorted((data.draw(st.integers(0, len(good))), data.draw(st.integers(0, len(good)))))
    content = good[:at] + data.draw(st.binary(max_size=20)) + good[until:]
    if content == good:
        return
    with pytest.raises(FileRefused):
        read(said, content)


@pytest.mark.parametrize("name", [source.name for source in FED_SOURCES])
def test_the_examples_are_tables_that_can_be_read(name: str) -> None:
    found = example(name)
    assert found.title
    assert {layout.source for layout in found.layouts} == {name}
