"""The check before another system is switched off, as a person runs it: no name, date or address is shown."""

from pathlib import Path

import pytest

from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from tests.cli.command import kiosk
from tests.feed_files import envelope
from tests.issuing.city import City
from tests.issuing.conftest import ashikaga, keys, keys_directory, paper
from tests.sync.registry_rows import CITY

__all__ = ["ashikaga", "keys", "keys_directory", "paper"]
FIELDS = {
    "address": "栃木県足利市本城三丁目２１４５番地",
    "head_name": "足利　101",
    "birth": "昭和55年4月1日",
    "sex": "男",
}


@pytest.fixture
async def where(ashikaga: City) -> tuple[str, ...]:
    return ("--database-url", ashikaga.database.dsn("fsck"), "--municipality-code", CITY)


def export(file: Path, **changes: str) -> Path:
    records = []
    for number in ("101", "102", "103"):
        own = {"name": f"足利　{number}", "relationship": "世帯主" if number == "101" else "子"}
        fields = FIELDS | own | (changes if number == "102" else {})
        records += [(number, field, text, "") for field, text in fields.items()]
    file.write_bytes(envelope(("kiosk-printed-fields", "1", CITY, "2026-11-23T00:00:00+09:00"), records))
    return file


def test_mis_20_what_is_the_same_ends_with_zero(where: tuple[str, ...], tmp_path: Path) -> None:
    done = kiosk("changeover", "check", export(tmp_path / "old.csv"), *where)
    assert done.returncode == 0, done.stderr
    assert "3人 / persons" in done.stdout
    assert "すべて同じか、承知の空欄です。" in done.stdout


def test_mis_20_what_was_lost_is_told_by_person_and_field_alone(where: tuple[str, ...], tmp_path: Path) -> None:
    done = kiosk("changeover", "check", export(tmp_path / "old.csv", notified_on="令和3年4月1日"), *where)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (ANSWER_IS_NO, "  102  notified_on  失われた / lost")
    assert not any(secret in done.stdout for secret in ("足利　", "令和3年", "本城"))
    short = kiosk("changeover", "check", tmp_path / "old.csv", "--limit", "0", *where)
    assert short.stdout.splitlines()[-1] == "  … --limit"


def test_a_file_that_was_cut_is_refused(where: tuple[str, ...], tmp_path: Path) -> None:
    file = export(tmp_path / "old.csv")
    file.write_bytes(file.read_bytes().rpartition(b"T,")[0])
    done = kiosk("changeover", "check", file, *where)
    assert (done.returncode, "途中で切れています" in done.stderr) == (NOT_DONE, True)
