"""Taking the centre's statement in and matching it, as a person at the office does."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from civil.calendar import JST
from civil.clock import utc_now
from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from kiosk_server.settling.matching import MOST_DIFFERENCES
from tests.cli.command import kiosk
from tests.feed_files import envelope
from tests.servers import Database

CITY = "092029"
DAY = (utc_now().astimezone(JST) - timedelta(days=2)).date()
LINE = ("resident_record", "chain", "store 1", "machine 1", f"{DAY}T12:00:00+09:00", "printed", "200")


@pytest.fixture
async def where(database: Database) -> tuple[str, ...]:
    staff = await database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.caller (municipality_code, caller_id, certificate_sha256, channel, kinds) "
        "VALUES ($1, 'centre', '\\x00', 'centre', '{resident_record}')",
        CITY,
    )
    return ("--database-url", database.dsn("staff"), "--municipality-code", CITY)


def statement(file: Path, *numbers: str) -> Path:
    closes = datetime.combine(DAY + timedelta(days=1), datetime.min.time(), JST)
    header = ("kiosk-statement", "1", CITY, DAY.isoformat(), "1", closes.isoformat())
    file.write_bytes(envelope(header, [(number, *LINE) for number in numbers]))
    return file


def test_a_statement_is_taken_in_once_and_its_differences_are_told(where: tuple[str, ...], tmp_path: Path) -> None:
    file = statement(tmp_path / "statement.csv", "20261124-01-00000042-5")
    first = kiosk("settle", "import", file, *where)
    assert (first.returncode, first.stdout.splitlines()[-1]) == (0, "取り込みました。 / Taken in."), first.stderr
    assert "取り込み済みです。" in kiosk("settle", "import", file, *where).stdout
    matched = kiosk("settle", "match", "--date", DAY.isoformat(), *where)
    assert matched.returncode == ANSWER_IS_NO
    assert "20261124-01-00000042-5  2行目 / line 2\n    当方の記録にない発行番号です" in matched.stdout
    assert "警報を1件開きました。" in matched.stdout
    assert "警報" not in kiosk("settle", "match", "--date", DAY.isoformat(), *where).stdout


def test_a_day_that_agrees_ends_with_zero(where: tuple[str, ...], tmp_path: Path) -> None:
    assert kiosk("settle", "import", statement(tmp_path / "statement.csv"), *where).returncode == 0
    assert kiosk("settle", "match", "--date", DAY.isoformat(), *where).returncode == 0


def test_a_file_that_is_wrong_is_told_with_its_place(where: tuple[str, ...], tmp_path: Path) -> None:
    file = statement(tmp_path / "statement.csv", "20261124-01-00000042-5")
    file.write_bytes(file.read_bytes().replace(b",200", b",300"))
    refused = kiosk("settle", "import", file, *where)
    assert refused.returncode == NOT_DONE
    assert "3: sha256: 内容と一致しません" in refused.stderr
    missing = kiosk("settle", "match", "--date", DAY.isoformat(), *where)
    assert (missing.returncode, "kiosk settle import" in missing.stderr) == (NOT_DONE, True)


def test_a_day_of_many_differences_is_recorded_when_somebody_says_so(where: tuple[str, ...], tmp_path: Path) -> None:
    numbers = (f"20261124-01-{number:08}-5" for number in range(MOST_DIFFERENCES + 1))
    assert kiosk("settle", "import", statement(tmp_path / "statement.csv", *numbers), *where).returncode == 0
    refused = kiosk("settle", "match", "--date", DAY.isoformat(), *where)
    assert (refused.returncode, "--even-if-many" in refused.stderr) == (NOT_DONE, True)
    matched = kiosk("settle", "match", "--date", DAY.isoformat(), "--even-if-many", *where)
    assert f"警報を{MOST_DIFFERENCES + 1}件開きました。" in matched.stdout
