"""Excel is read in a process of its own, whose limits are those of the system."""

import subprocess
import time
from pathlib import Path

import pytest

from kiosk_server.settling import excel_file
from kiosk_server.settling.excel_file import excel_rows
from sync.feeds import FileRefused
from tests.settling.tables import HEADINGS, excel_row, excel_table

_LIMITS = {"Max cpu time": str(excel_file.SECONDS), "Max file size": "0", "Max address space": str(2 << 30)}


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list["subprocess.Popen[bytes]"]:
    """Every process that is started."""
    started: list[subprocess.Popen[bytes]] = []
    begin = subprocess.Popen

    def start(*command: object, **how: object) -> "subprocess.Popen[bytes]":
        started.append(begin(*command, **how))  # type: ignore[call-overload]  # whatever it was asked for
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def test_rows_come_with_their_numbers_also_behind_a_cell_of_two_lines() -> None:
    rows = list(excel_rows(excel_table([["a\r\nb", 'c"d', ",", None, 1.0, True], excel_row("n-1")])))
    assert rows[0] == (1, list(HEADINGS))
    assert rows[1] == (2, ["a\r\nb", 'c"d', ",", "", "1", "True", "", "", ""])
    assert [number for number, _ in rows] == [1, 2, 3]


def _limits(reader: "subprocess.Popen[bytes]") -> dict[str, str]:
    lines = Path(f"/proc/{reader.pid}/limits").read_text(encoding="ascii").splitlines()
    return {name: line[len(name) :].split()[0] for line in lines for name in _LIMITS if line.startswith(name)}


def test_its_process_has_limits_and_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_DATABASE_URL", "postgresql://127.0.0.1/secret")
    with excel_file._reader() as reader:
        until = time.monotonic() + 60
        while _limits(reader) != _LIMITS:
            assert time.monotonic() < until, _limits(reader)
            time.sleep(0.05)
        assert b"KIOSK" not in Path(f"/proc/{reader.pid}/environ").read_bytes()
    assert reader.returncode is not None


def test_one_that_takes_too_long_is_ended_and_refused(
    monkeypatch: pytest.MonkeyPatch, readers: list["subprocess.Popen[bytes]"]
) -> None:
    monkeypatch.setattr(excel_file, "SECONDS", 0.01)
    with pytest.raises(FileRefused, match="読めません"):
        list(excel_rows(excel_table([excel_row("n-1")])))
    assert [reader.returncode for reader in readers] == [-9]


def test_one_that_dies_is_refused_and_never_half_of_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "dies.py").write_text(
        "import os, sys\nsys.stdin.buffer.read()\nprint('1,a')\nsys.stdout.flush()\nos.abort()\n"
    )
    monkeypatch.setattr(excel_file, "MODULE", "dies")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    rows = excel_rows(b"x")
    assert next(rows) == (1, ["a"])
    with pytest.raises(FileRefused, match="読めません"):
        next(rows)


def test_whoever_reads_no_further_ends_it(readers: list["subprocess.Popen[bytes]"]) -> None:
    rows = excel_rows(excel_table([excel_row(f"n-{number}") for number in range(2000)]))
    next(rows)
    rows.close()
    assert [reader.poll() is not None for reader in readers] == [True]


@pytest.mark.parametrize(
    "told", ["", "{}", "[]", '{"line": "x", "reason": 0}', '{"line": 1, "reason": 99}', "Traceback"]
)
def test_what_it_says_beyond_its_reasons_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: str
) -> None:
    (tmp_path / "lies.py").write_text(f"import sys\nsys.stdin.buffer.read()\nsys.stderr.write({told!r})\nsys.exit(1)\n")
    monkeypatch.setattr(excel_file, "MODULE", "lies")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(FileRefused, match="Excel のファイル"):
        list(excel_rows(b"x"))
