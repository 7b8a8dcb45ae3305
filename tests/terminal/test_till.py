"""The staff look up the reference that a person brings."""

from pathlib import Path

from kiosk_server.terminal.journal import Journal
from tests.cli.command import kiosk
from tests.terminal.city import NOW


def test_a_visit_is_found_by_its_reference_and_nobody_elses_lines_are_shown(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.jsonl", lambda: NOW) as journal:
        journal.write("aaaaaaaa11111111", "collected", yen=400, method="cash")
        journal.write("bbbbbbbb22222222", "collected", yen=300, method="cashless")
        journal.write(
            "aaaaaaaa11111111", "print_ended", issuance_number="20261126-01-00000001-1", end="jammed", yen=400
        )
        journal.write("aaaaaaaa11111111", "given_back", yen=400)
        journal.write("bbbbbbbb22222222", "left_to_staff", yen=300)
    shown = kiosk("till", tmp_path, "aaaaaaaa")
    assert shown.stdout.splitlines() == [
        "AAAAAAAA",
        "  2026-11-26 10:00:00 JST  受け取った / taken in: 400円, cash",
        "  2026-11-26 10:00:00 JST  印刷の結果 / printing ended: 400円, jammed, 20261126-01-00000001-1",
        "  2026-11-26 10:00:00 JST  返した / given back: 400円",
        "1件 / found",
    ]
    left = kiosk("till", tmp_path).stdout
    assert "BBBBBBBB" in left
    assert "AAAAAAAA" not in left
    assert kiosk("till", tmp_path, "CCCCCCCC").returncode == 1


def test_where_no_terminal_keeps_its_books_the_way_out_is_said(tmp_path: Path) -> None:
    done = kiosk("till", tmp_path / "elsewhere", "AAAAAAAA")
    assert done.returncode == 2
    assert "directory" in done.stderr
    assert "Traceback" not in done.stderr
