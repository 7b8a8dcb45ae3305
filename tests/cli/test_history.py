import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from kiosk_server.cli.history import as_csv
from tests.cli.command import Demo, kiosk


def number_of(demo: Demo, certificate: Path) -> str:
    """The number printed on it: other tests ask the same demo for other certificates."""
    found: str = json.loads(kiosk("verify", certificate, "--data-dir", demo.data_dir, "--json").stdout)[
        "issuance_number"
    ]
    return found


def test_the_list_shows_the_issuance(demo: Demo, certificate: Path) -> None:
    assert certificate.exists()
    rows = json.loads(kiosk("history", "list", "--json", "--database-url", demo.said["database_url"]).stdout)
    issued = next(row for row in rows if row["issuance_number"] == number_of(demo, certificate))
    assert {"request_id", "issuance_number", "state", "kind", "fee", "accepted_at"} <= set(issued)
    assert (issued["kind"], issued["state"], issued["fee"]) == ("resident_record", "answered", 200)
    assert issued["data_age_seconds"] == 0
    assert datetime.fromisoformat(issued["accepted_at"]).utcoffset() is not None
    shown = kiosk("history", "list", "--data-dir", demo.data_dir).stdout
    assert issued["issuance_number"] in shown


def test_every_step_of_an_issuance_is_shown_whole(demo: Demo, certificate: Path) -> None:
    assert certificate.exists()
    where = ("--database-url", demo.said["database_url"])
    number = number_of(demo, certificate)
    steps = json.loads(kiosk("history", "show", number, "--json", *where).stdout)
    assert [step["state"] for step in steps] == ["accepted", "proposed", "permitted", "answered"]
    assert all(step["whole"] for step in steps)
    assert kiosk("history", "show", "nothing", *where).returncode == ANSWER_IS_NO


def test_the_export_is_for_its_owner_and_opens_in_a_spreadsheet(demo: Demo, certificate: Path, tmp_path: Path) -> None:
    assert certificate.exists()
    file = tmp_path / "history.csv"
    assert kiosk("history", "export", file, "--database-url", demo.said["database_url"]).returncode == 0
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert any(row["state"] == "answered" and row["fee"] == "200" for row in rows)
    assert file.stat().st_mode & 0o077 == 0


def test_the_export_as_json_is_what_the_list_says(demo: Demo, certificate: Path, tmp_path: Path) -> None:
    assert certificate.exists()
    where = ("--database-url", demo.said["database_url"])
    file = tmp_path / "history.json"
    assert kiosk("history", "export", file, "--json", *where).returncode == 0
    rows = json.loads(file.read_text(encoding="utf-8"))
    assert any(row["state"] == "answered" and row["fee"] == 200 for row in rows)
    assert rows == json.loads(kiosk("history", "list", "--json", *where).stdout)


def test_no_cell_of_an_export_begins_like_a_formula() -> None:
    names = ("issuance_number", "request_id", "state", "result_code", "kind", "fee", "pages", "outcome", "caller_id")
    row = dict.fromkeys((*names, "channel", "terminal_operator", "terminal_store", "terminal_id", "data_age_seconds"))
    row |= dict.fromkeys(("level_asked", "level_made", "level_reason"))
    attack = {"terminal_operator": "=HYPERLINK(1)", "terminal_store": "@SUM", "request_id": "-1+1"}
    text = as_csv([{**row, **attack, "accepted_at": datetime(2026, 11, 23, tzinfo=UTC)}]).decode("utf-8-sig")
    (found,) = csv.DictReader(io.StringIO(text))
    assert not any(value.startswith(("=", "+", "-", "@")) for value in found.values())


def test_a_database_that_is_not_there_is_one_line() -> None:
    done = kiosk("history", "list", "--database-url", "postgresql://fsck:x@127.0.0.1:1/kiosk")
    assert done.returncode == NOT_DONE
    assert done.stderr.count("\n") == 1
