"""A large file whose reading was broken off goes on at the batch it had reached; nothing of it is seen before all of it is."""

import asyncio
import io
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from sync.feeds import FileRefused, Receipt, apply_file
from sync.feeds.layout_table import LayoutTable
from sync.feeds.staging import RESUMED_FROM
from tests.servers import Database
from tests.sync.feeds.rows import disaster_row
from tests.sync.feeds.slow_reader import STANDS_STILL_AT
from tests.sync.feeds.tables import example, table
from tests.sync.feeds.written import file, zipped
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS

LATER = BEGINS + timedelta(days=30)
HEAD = {"layout": "全件", "municipality_code": CITY, "file_number": "1", "as_of": "20261124000000"}
ROWS = [disaster_row(str(number), person_number=f"00000001{number:02}") for number in range(10)]
BATCHES = 5
MOST_SECONDS = 60


class Broken(Exception):
    """The process is killed here."""


class Register:
    """Our side; remembers from which record on each reading went."""

    def __init__(self, database: Database, sync: asyncpg.Connection, admin: asyncpg.Connection) -> None:
        self.database, self.sync, self.admin = database, sync, admin
        self.heard: list[int] = []

    async def take(self, content: bytes, table: LayoutTable, breaks: Callable[[int], None] | None = None) -> Receipt:
        self.heard = []

        def watch(records: int) -> None:
            self.heard.append(records)
            if breaks:
                breaks(records)

        return await apply_file(self.sync, CITY, io.BytesIO(content), LATER, table, watch)

    async def held(self) -> int:
        count: int = await self.admin.fetchval("SELECT count(*) FROM issuance.disaster_damage")
        return count

    async def staged(self) -> int:
        count: int = await self.admin.fetchval("SELECT coalesce(sum(records), 0) FROM issuance.feed_staged")
        return count


@pytest.fixture
async def register(database: Database, monkeypatch: pytest.MonkeyPatch) -> Register:
    monkeypatch.setattr("sync.feeds.staging.RESUMED_FROM", 0)
    monkeypatch.setattr("sync.feeds.receiving.BATCH", 2)
    return Register(database, await database.connect("sync"), await database.connect())


def breaking_at(batch: int) -> Callable[[int], None]:
    def breaks(records: int) -> None:
        if records == 2 * batch:
            raise Broken

    return breaks


@pytest.mark.parametrize("batch", range(1, BATCHES + 1))
@pytest.mark.parametrize("pack", [bytes, zipped], ids=["plain", "zip"])
async def test_reading_goes_on_at_the_batch_it_had_reached(
    register: Register, batch: int, pack: Callable[[bytes], bytes]
) -> None:
    said = example("disaster")
    content = pack(file(said, HEAD, ROWS))
    with pytest.raises(Broken):
        await register.take(content, said, breaking_at(batch))
    assert (await register.held(), await register.staged()) == (0, 2 * batch)
    receipt = await register.take(content, said)
    assert (receipt.result, receipt.records, receipt.changed) == ("applied", 10, 10)
    assert register.heard == list(range(2 * batch + 2, 11, 2))
    assert (await register.held(), await register.staged()) == (10, 0)
    assert (await register.take(content, said)).result == "repeated"
    assert await register.admin.fetchval("SELECT count(*) FROM history.feed_receipt") == 1


async def test_a_database_that_goes_away_in_the_middle_leaves_what_was_read(register: Register) -> None:
    said = example("disaster")
    content = file(said, HEAD, ROWS)
    with pytest.raises(Broken):
        await register.take(content, said, breaking_at(3))
    await register.admin.execute("SELECT pg_terminate_backend($1)", register.sync.get_server_pid())
    register.sync = await register.database.connect("sync")
    assert (await register.take(content, said)).changed == 10
    assert register.heard == [8, 10]


async def test_another_file_begins_at_its_beginning_and_forgets_the_first(register: Register) -> None:
    said = example("disaster")
    with pytest.raises(Broken):
        await register.take(file(said, HEAD, ROWS), said, breaking_at(3))
    assert (await register.take(file(said, HEAD, ROWS[:4]), said)).changed == 4
    assert register.heard == [2, 4]
    assert (await register.held(), await register.staged()) == (4, 0)


async def test_a_table_that_was_mended_meanwhile_is_read_by_from_the_beginning(
    register: Register, tmp_path: Path
) -> None:
    head, rows = {**HEAD, "layout": "1"}, [
        {**row, "action": "1", "municipality_code": CITY, "birth_on": "3550229", "degree": "4", "name": "\ue000野"} for row in ROWS
    ]  # fmt: skip
    said = table(tmp_path, "cp932", "csv", "crlf")
    content = file(said, head, rows)
    with pytest.raises(Broken):
        await register.take(content, said, breaking_at(3))
    mended = table(tmp_path, "cp932", "csv", "crlf", more='[characters]\n"F040" = "𠮷"')
    receipt = await register.take(content, mended)
    assert (receipt.changed, receipt.aside, register.heard[0]) == (10, 0, 2)


async def test_what_refuses_the_file_at_its_end_leaves_nothing(register: Register) -> None:
    said = example("disaster")
    with pytest.raises(FileRefused):
        await register.take(file(said, HEAD, ROWS, count=11), said)
    assert register.heard[-1] == 8
    assert (await register.held(), await register.staged()) == (0, 0)
    with pytest.raises(FileRefused):
        await register.take(file(said, HEAD, [*ROWS, ROWS[0]]), said)
    assert (await register.held(), await register.staged()) == (0, 0)


async def test_what_the_database_does_not_take_leaves_nothing(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_taken(*_: object, **__: object) -> int:
        raise asyncpg.CheckViolationError

    said = example("disaster")
    with monkeypatch.context() as patched:
        patched.setattr("sync.feeds.applying.change", not_taken)
        with pytest.raises(asyncpg.CheckViolationError):
            await register.take(file(said, HEAD, ROWS), said)
    assert (await register.held(), await register.staged()) == (0, 0)


async def test_a_small_zip_of_a_large_file_is_gone_on_with_too(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = example("disaster")
    content = file(said, HEAD, ROWS)
    assert len(zipped(content)) < len(content) - 1
    monkeypatch.setattr("sync.feeds.staging.RESUMED_FROM", len(content) - 1)
    with pytest.raises(Broken):
        await register.take(zipped(content), said, breaking_at(3))
    assert await register.staged() == 6
    monkeypatch.setattr("sync.feeds.staging.RESUMED_FROM", len(content) + 1)
    assert (await register.take(zipped(content), said)).changed == 10
    assert register.heard[0] == 2


@pytest.mark.parametrize(("large", "left"), [(0, STANDS_STILL_AT), (RESUMED_FROM, 0)], ids=["large", "small"])
async def test_a_process_that_is_killed_leaves_nothing_half_done_and_another_goes_on_or_begins_anew(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int, left: int
) -> None:
    monkeypatch.setattr("sync.feeds.staging.RESUMED_FROM", large)
    said = example("disaster")
    path = tmp_path / "file.csv"
    path.write_bytes(file(said, HEAD, ROWS))
    told = (register.database.dsn("sync"), str(path), str(large))
    arguments = (sys.executable, "-m", "tests.sync.feeds.slow_reader", *told)
    child = await asyncio.create_subprocess_exec(
        *arguments, cwd=Path(__file__).parents[3], stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await asyncio.wait_for(child.stdout.readuntil(f"{STANDS_STILL_AT}\n".encode()), MOST_SECONDS)
    child.kill()
    assert await asyncio.wait_for(child.wait(), MOST_SECONDS) == -signal.SIGKILL
    assert (await register.held(), await register.staged()) == (0, left)
    assert (await register.take(path.read_bytes(), said)).changed == len(ROWS)
    assert (register.heard[0] > left, await register.held()) == (True, len(ROWS))
