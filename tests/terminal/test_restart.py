"""A terminal started again: what an earlier run left open is settled once, by the process that has the directory."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from kiosk_server.cli.failures import NOT_DONE
from kiosk_server.terminal.journal import Journal, read_journal, unreported, unsettled
from tests.cli.command import Demo, kiosk
from tests.terminal.conftest import kiosk_up

_MOST_SECONDS = 20
NUMBER = "20261126-01-99999999-9"
"""Of no certificate: the service knows of none, and says so."""


def test_a_second_start_by_mistake_leaves_the_money_of_the_first_alone_and_the_next_one_settles_it(demo: Demo) -> None:
    with kiosk_up(demo) as first:
        path = first.place / "journal.jsonl"
        with Journal(path, lambda: datetime.now(UTC)) as journal:
            journal.write("left-open", "collected", yen=200, method="cash")
            journal.write("untold", "print_ended", issuance_number=NUMBER, end="jammed", yen=200)
        before = path.read_bytes()
        again = ("--number", str(first.number), "--port", "0", "--data-dir", demo.data_dir)
        second = kiosk("terminal", "--demo", *again)
        assert second.returncode == NOT_DONE
        assert str(first.place) in second.stderr
        assert "in use by another process" in second.stderr
        assert path.read_bytes() == before
    with kiosk_up(demo, number=first.number):
        _wait(lambda: not unreported(path))
        assert "left-open" not in unsettled(path)
    told = [line for line in read_journal(path) if line["visit"] in {"left-open", "untold"}][2:]
    assert [(line["what"], line.get("yen"), line.get("end")) for line in sorted(told, key=json.dumps)] == [
        ("left_to_staff", 200, None),
        ("reported", None, "no_such_issuance"),
    ]


def _wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _MOST_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "the outcome was not told"
        time.sleep(0.05)
