"""The sync process watches the inbox of its settings, by the tables and with the key of its settings."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from civil.calendar import JST
from kiosk_server.processes.sync import feeding
from kiosk_server.settings import read_settings
from sync.feeds.layout_tables import examples
from sync.observer import Observer
from tests.servers import Database
from tests.sync.feeds.rows import seal_row
from tests.sync.feeds.tables import example
from tests.sync.feeds.written import file
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import KEY

MOST_SECONDS = 30


class Told(Observer):
    """Waits for the first file."""

    def __init__(self) -> None:
        self.first: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def fed(self, municipality_code: str, result: str) -> None:
        assert municipality_code == CITY
        self.first.set_result(result)


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made, layouts, key = tmp_path / "inbox", tmp_path / "layouts", tmp_path / "key"
    made.mkdir()
    layouts.mkdir()
    for path in examples():
        (layouts / path.name).write_bytes(path.read_bytes())
    key.write_text(KEY.material.hex(), encoding="ascii")
    key.chmod(0o600)
    for name, value in (("INBOX", made), ("LAYOUTS", layouts), ("KEY_FILE", key)):
        monkeypatch.setenv(f"KIOSK_FEED_{name}", str(value))
    monkeypatch.setenv("KIOSK_MUNICIPALITY_CODES", CITY)
    return made


async def test_a_file_in_the_inbox_is_taken_by_its_table(database: Database, inbox: Path) -> None:
    told = Told()
    (work,) = feeding(read_settings(), database.dsn("sync"), told)
    watching = asyncio.create_task(work())
    now = datetime.now(JST)
    head = {"layout": "1", "municipality_code": CITY, "file_number": "1", "as_of": f"{now:%Y%m%d%H%M%S}"}
    (inbox / "INKAN.csv").write_bytes(file(example("seal"), head, [seal_row("1")]))
    long_ago = datetime.now(UTC).timestamp() - 60
    os.utime(inbox / "INKAN.csv", (long_ago, long_ago))
    assert await asyncio.wait_for(told.first, MOST_SECONDS) == "applied"
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_without_an_inbox_nothing_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KIOSK_FEED_INBOX", raising=False)
    monkeypatch.setenv("KIOSK_MUNICIPALITY_CODES", CITY)
    assert feeding(read_settings(), "postgresql:///nowhere", Told()) == []
