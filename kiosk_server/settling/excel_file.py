"""Reading an Excel file (.xlsx) in a process of its own: it holds no key and no connection, and ends with the file.

As a program: the file on standard input; its rows on standard output as CSV, each behind its number; why it was refused on standard
error, as JSON.
"""

import csv
import io
import json
import os
import resource
import subprocess
import sys
import threading
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import Final

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from sync.feeds import FileRefused

Row = tuple[int, Sequence[str]]
MODULE: Final = "kiosk_server.settling.excel_file"
SECONDS: Final = 600
"""Of a million rows it takes some two minutes of a processor."""
_KEPT: Final = ("PYTHONPATH", "LANG")
"""Of our environment; settings and what they point to are not the reader's."""
_MOST_MEMORY: Final = 2 << 30
_MOST_UNPACKED: Final = 1024 * 1024 * 1024
_MOST_BESIDE: Final = 32 << 20
"""Unpacked bytes of what is no sheet, such as shared texts: all of that is held at once."""
_MOST_EXACT: Final = 2**53
_MOST_TOLD: Final = 4096
_UNREADABLE: Final = "Excel のファイル(.xlsx)として読めません。 / It cannot be read as an Excel file (.xlsx)."
_TOO_MUCH: Final = "展開すると大きすぎます。CSV にしてください。 / It unpacks to too much: use CSV."
_ROUNDED: Final = "数が丸められています。番号は文字列の列にしてください。 / A number was rounded: keep numbers that are names as text."
_REASONS: Final = (_UNREADABLE, _TOO_MUCH, _ROUNDED)


def excel_rows(content: bytes) -> Generator[Row]:
    """Each row of the first sheet as texts, behind its number. Raises FileRefused, also for a file that takes too long or too much."""
    with _reader() as reader:
        assert reader.stdin is not None  # noqa: S101 - as asked for below
        assert reader.stdout is not None  # noqa: S101 - as above
        # Whoever refuses a file before its end does not read on.
        with suppress(BrokenPipeError), reader.stdin:
            reader.stdin.write(content)
        text = io.TextIOWrapper(reader.stdout, "utf-8", newline="")
        try:
            for cells in csv.reader(text, strict=True):
                yield int(cells[0]), cells[1:]
        except (csv.Error, ValueError, IndexError):
            raise FileRefused(1, "line", _UNREADABLE) from None
        _require_whole(reader)


@contextmanager
def _reader() -> Iterator["subprocess.Popen[bytes]"]:
    reader = subprocess.Popen(
        # The package imports this module too, which is warned of where its reasons are told.
        [sys.executable, "-P", "-W", "ignore", "-X", "utf8", "-m", MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
    )  # fmt: skip
    limit = threading.Timer(SECONDS, reader.kill)
    limit.start()
    try:
        yield reader
    finally:
        limit.cancel()
        reader.kill()
        for end in (reader.stdin, reader.stdout, reader.stderr):
            if end is not None:
                end.close()
        reader.wait()


def _require_whole(reader: "subprocess.Popen[bytes]") -> None:
    assert reader.stderr is not None  # noqa: S101 - as asked for above
    told = reader.stderr.read(_MOST_TOLD)
    if reader.wait() == 0:
        return
    try:
        why = json.loads(told)
        line, reason = int(why["line"]), _REASONS[why["reason"]]
    except (ValueError, LookupError, TypeError):
        line, reason = 1, _UNREADABLE
    raise FileRefused(line, "line", reason)


def _write_rows(content: bytes) -> None:
    """As the program: raises FileRefused."""
    rows = csv.writer(sys.stdout, lineterminator="\n")
    try:
        _require_small(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            rows.writerow([number, *(_cell(number, value) for value in cells)])
    except (zipfile.BadZipFile, InvalidFileException, LookupError, ValueError, SyntaxError, OSError, RuntimeError):
        raise FileRefused(1, "line", _UNREADABLE) from None


def _require_small(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
    beside = [part.file_size for part in parts if not part.filename.startswith("xl/worksheets/")]
    if sum(part.file_size for part in parts) > _MOST_UNPACKED or sum(beside) > _MOST_BESIDE:
        raise FileRefused(1, "line", _TOO_MUCH)


def _cell(line: int, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        # Excel keeps 15 digits of a number: a longer name has lost its end.
        if not value.is_integer() or abs(value) >= _MOST_EXACT:
            raise FileRefused(line, "line", _ROUNDED)
        return str(int(value))
    return str(value)


def _main() -> int:
    for limit, most in ((resource.RLIMIT_AS, _MOST_MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(limit, (most, most))
    try:
        _write_rows(sys.stdin.buffer.read())
    except FileRefused as refused:
        sys.stdout.flush()
        sys.stderr.write(json.dumps({"line": refused.line, "reason": _REASONS.index(refused.reason)}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
