"""The books of the money: on the disk at once, without personal data, and what a power cut leaves open is named."""

import stat
from pathlib import Path

import pytest

from kiosk_server.terminal.journal import Journal, read_journal, unsettled
from tests.terminal.city import NOW


def test_only_its_owner_reads_it_and_lines_are_only_added(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for _ in range(2):
        with Journal(path, lambda: NOW) as journal:
            journal.write("v", "collected", yen=200, method="cash")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [line["yen"] for line in read_journal(path)] == [200, 200]


def test_a_line_that_a_power_cut_tore_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path, lambda: NOW) as journal:
        journal.write("v", "collected", yen=200, method="cash")
    with path.open("a") as file:
        file.write('{"at": "2026')
    assert len(list(read_journal(path))) == 1
    assert list(read_journal(tmp_path / "none")) == []


@pytest.mark.parametrize(
    ("lines", "open_yen"),
    [
        ([("collected", {"yen": 400})], 400),
        ([("collected", {"yen": 400}), ("issued", {})], 400),
        ([("collected", {"yen": 400}), ("print_ended", {"yen": 200, "end": "printed"})], 200),
        ([("collected", {"yen": 400}), ("print_ended", {"yen": 200, "end": "jammed"}), ("given_back", {"yen": 400})], 0),
        ([("collected", {"yen": 400}), ("left_to_staff", {"yen": 400})], 0),
    ],
)  # fmt: skip
def test_what_is_neither_earned_nor_given_back_nor_with_staff_is_open(
    tmp_path: Path, lines: list[tuple[str, dict[str, object]]], open_yen: int
) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path, lambda: NOW) as journal:
        for what, more in lines:
            journal.write("v", what, **more)  # type: ignore[arg-type]
    assert sum(unsettled(path).values()) == open_yen
