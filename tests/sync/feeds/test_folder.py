"""An inbox: only whole files are taken, each once, in the order of its source; every file has its receipt, nothing leads out of it."""

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from sync.feeds.folder import QUIET, UNFINISHED, Arrived, Folder
from sync.feeds.folder_pass import FolderPass
from tests.servers import Database
from tests.sync.feeds.inbox import LATER, ONE, TWO, Inbox
from tests.sync.feeds.rows import seal_row
from tests.sync.feeds.tables import example, toml
from tests.sync.feeds.written import file, zipped
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, Seal, SealSource


async def test_a_file_is_taken_put_away_and_has_its_receipt(inbox: Inbox) -> None:
    inbox.put("0.csv", SealSource().full(ONE, TWO))
    assert await inbox.look() == {"0.csv": "applied"}
    assert (inbox.names(), inbox.names("done"), inbox.names("refused")) == (set(), {"0.csv"}, set())
    text = inbox.receipt("0.csv")
    assert "kiosk-seal-full 0" in text
    assert "適用しました" in text
    assert "件数 / records: 2" in text
    assert await inbox.persons() == {"0000000101", "0000000102"}
    assert await inbox.look() == {}


async def test_files_are_taken_in_the_order_of_their_source_whatever_they_are_called(inbox: Inbox) -> None:
    source = SealSource()
    contents = [source.full(ONE), source.register(TWO), source.delete("0000000101"), source.change("0000000102", name="足利　次郎"), source.full(), source.keys()]  # fmt: skip
    names = ["z.csv", "b.csv", "a.csv", "y.csv", "c.csv", "0.csv"]
    for name, content in zip(names, contents, strict=True):
        inbox.put(name, content)
    outcomes = await inbox.watching.look(LATER)
    assert [outcome.name for outcome in outcomes] == names
    assert [outcome.result for outcome in outcomes] == ["applied"] * 5 + ["equal"]
    assert await inbox.persons() == {"0000000102"}


async def test_mis_08_a_file_waits_for_the_one_before_and_is_taken_when_that_has_come(inbox: Inbox) -> None:
    source = SealSource()
    inbox.put("0.csv", source.full(ONE))
    lost, after = source.register(TWO), source.delete("0000000101")
    inbox.put("2.csv", after)
    assert await inbox.look() == {"0.csv": "applied", "2.csv": "waiting"}
    assert "先に1番が必要です" in inbox.receipt("2.csv.waiting")
    assert inbox.names() == {"2.csv"}
    assert await inbox.look() == {}
    inbox.put("1.csv", lost)
    assert await inbox.look() == {"1.csv": "applied", "2.csv": "applied"}
    assert await inbox.persons() == {"0000000102"}
    assert "適用しました" in inbox.receipt("2.csv")
    assert inbox.names("receipts") == {"0.csv.txt", "1.csv.txt", "2.csv.txt"}


async def test_the_same_file_twice_is_once_under_any_name(inbox: Inbox) -> None:
    content = SealSource().full(ONE)
    for name in ("0.csv", "copy.csv"):
        inbox.put(name, content)
    assert sorted((await inbox.look()).values()) == ["applied", "repeated"]
    inbox.put("0.csv", content)
    assert await inbox.look() == {"0.csv": "repeated"}
    assert len(inbox.names("done")) == 3
    assert await inbox.receipts() == ["applied"]


async def test_what_is_being_written_is_left_alone(inbox: Inbox) -> None:
    content = SealSource().full(ONE)
    for ending in UNFINISHED:
        inbox.put(f"0.csv{ending}", content)
    inbox.put(".0.csv", content)
    fresh = inbox.put("0.csv", content, at=LATER)
    assert await inbox.look() == {}
    assert fresh.exists()
    assert await inbox.look(LATER + QUIET) == {"0.csv": "applied"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.csv", SealSource().full(ONE)[:-80]),
        ("empty.csv", b""),
        ("other-city.csv", SealSource(city="092011").full(ONE)),
        ("picture.csv", b"\x89PNG\r\n\x1a\n"),
        ("bomb.zip", b"PK\x03\x04"),
        ("=cmd|'calc'!A1.csv", b"=1+1"),
        ("name.zip", zipped(b"", "足.csv").replace("足".encode(), b"\xe8\xb6\xff")),
        ("long ago.csv", SealSource(begins=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23)))).full(ONE)),
    ],
)
async def test_a_wrong_file_is_refused_told_and_the_next_is_taken(inbox: Inbox, name: str, content: bytes) -> None:
    inbox.put(name, content)
    inbox.put("zz.csv", SealSource().full(TWO))
    assert await inbox.look() == {name: "refused", "zz.csv": "applied"}
    assert inbox.names("refused") == {name}
    assert "断りました" in inbox.receipt(name)
    assert await inbox.receipts() == ["refused", "applied"]
    assert await inbox.persons() == {"0000000102"}


async def test_links_directories_and_pipes_are_no_files(inbox: Inbox, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_bytes(SealSource().full(ONE))
    (inbox.path / "link.csv").symlink_to(elsewhere)
    (inbox.path / "directory.csv").mkdir()
    os.mkfifo(inbox.path / "pipe.csv")
    assert await inbox.look() == {}
    assert elsewhere.exists()
    assert await inbox.persons() == set()


def test_a_file_that_became_another_is_not_opened(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    path = tmp_path / "0.csv"
    path.write_bytes(b"one")
    (seen,) = folder.arrived(datetime.now(UTC) + QUIET)
    path.write_bytes(b"another")
    with pytest.raises(FileNotFoundError):
        folder.open(seen)
    path.unlink()
    path.symlink_to(tmp_path / "done")
    with pytest.raises(OSError, match="symbolic link"):
        folder.open(seen)


async def test_a_table_is_chosen_by_the_name_and_one_with_a_mistake_stops_nothing_but_says_so(inbox: Inbox) -> None:
    table = inbox.layouts / "seal.toml"
    table.write_text(toml("cp932", "csv", "crlf").replace("cp932", "sjis"), encoding="utf-8")
    head = {"layout": "1", "municipality_code": CITY, "file_number": "0", "as_of": "20261124000000"}
    inbox.put("INKAN_0.csv", file(example("seal"), head, [seal_row("1")]))
    assert await inbox.look() == {"INKAN_0.csv": "waiting"}
    assert "seal.toml: encoding" in inbox.receipt("INKAN_0.csv.waiting")
    assert await inbox.look() == {}
    table.write_text(
        (Path(__file__).parents[3] / "sync/feeds/layouts/seal.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    assert await inbox.look() == {"INKAN_0.csv": "applied"}
    (inbox.layouts / "second.toml").write_text(table.read_text(encoding="utf-8"), encoding="utf-8")
    inbox.put("INKAN_1.csv", b"")
    assert await inbox.look() == {}
    assert "2つあります" in inbox.receipt("INKAN_1.csv.waiting")


async def test_a_list_is_compared_once_its_state_is_ours(inbox: Inbox) -> None:
    source = SealSource()
    inbox.put("0.csv", source.full(ONE))
    old = source.keys()
    after = source.register(TWO)
    inbox.put("keys.csv", source.keys())
    assert await inbox.look() == {"0.csv": "applied", "keys.csv": "waiting"}
    inbox.put("1.csv", after)
    assert await inbox.look() == {"1.csv": "applied", "keys.csv": "equal"}
    inbox.put("old.csv", old)
    assert await inbox.look() == {"old.csv": "overtaken"}
    assert "後のファイルが適用済み" in inbox.receipt("old.csv")
    source.seals.pop("0000000102")
    inbox.put("keys.csv", source.keys())
    assert await inbox.look() == {"keys.csv": "different"}
    inbox.watching.key = None
    inbox.put("keys2.csv", source.keys())
    assert await inbox.look() == {"keys2.csv": "waiting"}


async def test_a_crash_between_applying_and_putting_away_applies_nothing_twice(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.put("0.csv", SealSource().full(ONE))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Folder, "put_away", crash)
        with pytest.raises(KeyboardInterrupt):
            await inbox.look()
    inbox.watching = inbox.watch()
    assert await inbox.look() == {"0.csv": "repeated"}
    assert await inbox.receipts() == ["applied"]


async def test_two_watchers_of_one_inbox_take_each_file_once(database: Database, inbox: Inbox) -> None:
    other = FolderPass(await database.connect("sync"), CITY, Folder(inbox.path))
    inbox.put("0.csv", SealSource().full(ONE))
    seen = other.folder.arrived(LATER)
    assert await inbox.look() == {"0.csv": "applied"}
    with pytest.raises(FileNotFoundError):
        other.folder.open(seen[0])
    assert await other.look(LATER) == []


def test_what_was_put_away_is_deleted_after_its_days_and_receipts_stay(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for name, place in (("a.csv", "done"), ("b.csv", "refused")):
        (tmp_path / name).write_bytes(b"x")
        (seen,) = folder.arrived(datetime.now(UTC) + QUIET)
        folder.put_away(seen, "done" if place == "done" else "refused", "text", BEGINS)
    assert folder.clear(BEGINS) == 0
    assert folder.clear(BEGINS + timedelta(seconds=1)) == 2
    assert [path.name for path in sorted((tmp_path / "receipts").iterdir())] == ["a.csv.txt", "b.csv.txt"]
    assert [(tmp_path / place).stat().st_mode & 0o777 for place in ("done", "refused", "receipts")] == [0o700] * 3


def shuffled(contents: list[tuple[str, bytes]], seed: int) -> list[tuple[str, bytes]]:
    order = random.Random(seed)
    return order.sample(contents, len(contents))


FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "damaged": lambda content: content.replace(b"C-", b"B-", 1),
    "cut": lambda content: content[: len(content) // 2],
    "a lying count": lambda content: content.replace(b"\nT,1,", b"\nT,2,"),
}


@pytest.mark.parametrize("seed", range(4))
async def test_mis_08_nights_of_files_with_faults_end_equal_and_every_fault_is_told(inbox: Inbox, seed: int) -> None:
    """Files lost, doubled, swapped and damaged on their way, sent again in the end: both sides are equal, every damaged one refused."""
    source, order = SealSource(), random.Random(seed)
    inbox.put("first.csv", source.full(ONE))
    assert await inbox.look() == {"first.csv": "applied"}
    sent = [(f"{number}.csv", source.register(Seal(f"00000002{number:02}", f"C-{number}"))) for number in range(1, 16)]
    damaged = {name: FAULTS[order.choice(sorted(FAULTS))](content) for name, content in order.sample(sent, 4)}
    lost = {name for name, _content in order.sample(sent, 3)}
    for name, content in shuffled(sent, seed):
        if name not in lost:
            inbox.put(name, damaged.get(name, content))
            await inbox.look()
    arrived = {name for name in damaged if name not in lost}
    assert inbox.names("refused") == arrived
    assert (await inbox.receipts()).count("refused") == len(arrived)
    for name, content in shuffled(sent, seed + 1):
        inbox.put(f"again-{name}", content)
    await inbox.look()
    assert await inbox.persons() == set(source.seals)
    inbox.put("keys.csv", source.keys())
    assert await inbox.look() == {"keys.csv": "equal"}
    assert (inbox.names(), (await inbox.receipts()).count("applied")) == (set(), 16)


def test_an_arrived_file_is_another_one_with_another_time() -> None:
    assert Arrived("a", 1, 2) != Arrived("a", 1, 3)
