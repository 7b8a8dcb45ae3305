"""The statement as a file: whole, or refused as a whole with line, item and reason."""

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.settling.statement_file import Statement, read_statement
from sync.feeds import FileRefused
from tests.feed_files import envelope

HEADER = ("kiosk-statement", "1", "092029", "2026-11-24", "1", "2026-11-25T00:00:00+09:00")
LINE = ("20261124-01-00000042-5", "resident_record", "chain", "store 1", "machine 1", "2026-11-24T12:00:00+09:00")
RECORD = (*LINE, "printed", "200")


def read(content: bytes) -> Statement:
    return read_statement(io.BytesIO(content))


def test_a_whole_file_is_read() -> None:
    statement = read(envelope(HEADER, [RECORD, (*LINE, "cancelled", "0")]))
    assert (statement.statement_on.isoformat(), statement.edition) == ("2026-11-24", 1)
    assert [(line.line, line.outcome, line.fee_yen) for line in statement.lines] == [
        (2, "printed", 200),
        (3, "cancelled", 0),
    ]


def test_a_day_without_a_line_is_a_statement_too() -> None:
    assert read(envelope(HEADER, [])).lines == ()


def _with(place: int, value: str) -> Callable[[], bytes]:
    return lambda: envelope(HEADER, [RECORD, tuple(value if at == place else text for at, text in enumerate(RECORD))])


def _header(place: int, value: str) -> Callable[[], bytes]:
    return lambda: envelope(tuple(value if at == place else text for at, text in enumerate(HEADER)), [RECORD])


@pytest.mark.parametrize(
    ("content", "line", "item"),
    [
        (_with(0, ""), 3, "issuance_number"),
        (_with(2, "=\u202e"), 3, "operator"),
        (_with(5, "2026-11-24T12:00:00"), 3, "occurred_at"),
        (_with(5, "24 Nov"), 3, "occurred_at"),
        (_with(5, "2026-11-25T00:00:01+09:00"), 3, "occurred_at"),
        (_with(6, "Printed"), 3, "outcome"),
        (_with(7, "-200"), 3, "fee_yen"),
        (_with(7, "0200"), 3, "fee_yen"),
        (_with(7, "２００"), 3, "fee_yen"),
        (_header(0, "kiosk-seal-full"), 1, "layout"),
        (_header(1, "2"), 1, "version"),
        (_header(2, "092028"), 1, "municipality_code"),
        (_header(3, "2026-1-24"), 1, "statement_on"),
        (_header(4, "0"), 1, "edition"),
        (_header(5, "2026-11-25T00:00:01+09:00"), 1, "closed_at"),
        (_header(5, "2026-11-24T00:00:00+09:00"), 1, "closed_at"),
        (lambda: envelope(HEADER, [RECORD[:-1]]), 2, "line"),
        (lambda: b"\xef\xbb\xbf" + envelope(HEADER, [RECORD]), 1, "line"),
        (lambda: envelope(HEADER, [RECORD]).decode().replace("chain", "駅前").encode("cp932"), 2, "line"),
        (lambda: envelope(HEADER, [RECORD]).replace(b"200\n", b"200\n\n"), 3, "line"),
        (lambda: envelope(HEADER, [RECORD]).replace(b"T,1,", b"T,2,"), 3, "records"),
        (lambda: envelope(HEADER, [RECORD]).replace(b",200", b",300"), 3, "sha256"),
        (lambda: envelope(HEADER, [RECORD]) + b"D", 4, "type"),
        (lambda: envelope(HEADER, [RECORD]).rpartition(b"T,")[0], 3, "type"),
        (lambda: b"", 1, "type"),
        (lambda: b"D" * 200_000, 1, "line"),
        (lambda: b'H,"kiosk-statement', 1, "line"),
    ],
)
def test_a_fault_is_told_with_line_item_and_reason(content: Callable[[], bytes], line: int, item: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(content())
    assert (refused.value.line, refused.value.item) == (line, item)
    assert " / " in refused.value.reason


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_single_changed_byte_is_taken_in(place: int, change: int) -> None:
    content = bytearray(envelope(HEADER, [RECORD, (*LINE, "cancelled", "0")]))
    content[place % len(content)] ^= change
    # The very last line end may go either way; every other byte counts.
    if place % len(content) != len(content) - 1:
        with pytest.raises(FileRefused):
            read(bytes(content))


@given(st.integers(0, 10_000))
def test_no_cut_file_is_taken_in(length: int) -> None:
    content = envelope(HEADER, [RECORD, (*LINE, "cancelled", "0")])
    cut = content[: length % (len(content) - 1)]
    with pytest.raises(FileRefused):
        read(cut)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_and_never_quoted(content: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert refused.value.item in {"type", "line", "layout"}
