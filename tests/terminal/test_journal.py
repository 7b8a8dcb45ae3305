"""The books of the money: on the disk at once, without personal data, and what a power cut leaves open is named."""

import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
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
    with Journal(path, lambda: NOW) as journal:
        assert len(list(read_journal(path))) == 1
        journal.write("v", "given_back", yen=200)
        journal.write("v", "collected", yen=300)
    assert unsettled(path) == {"v": 300}
    assert list(read_journal(tmp_path / "none")) == []


def test_a_line_that_does_not_fit_on_the_disk_is_an_error_and_swallows_no_other(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path, lambda: NOW) as journal:
        with room_for(10), pytest.raises(OSError, match=r"\[Errno"):
            journal.write("v", "collected", yen=200, method="cash")
        assert path.stat().st_size == 10
        journal.write("v", "collected", yen=300, method="cash")
    assert unsettled(path) == {"v": 300}


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Files may have so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


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
