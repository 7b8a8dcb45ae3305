"""An inbox in which nothing that anybody puts there stops the rest, or is put away unread."""

import io
import os
from io import BufferedReader
from typing import Any

import pytest

from sync.feeds import apply_file
from sync.feeds.folder import Arrived, Folder
from sync.feeds.items import Items
from tests.servers import Database
from tests.sync.feeds.inbox import LATER, ONE, TWO, Inbox
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import SealSource

NAMES = [
    os.fsdecode(b"\xff\xfe.csv"),
    "1.csv\n適用しました。.csv",
    "印" * 83 + ".csv",
    "9" * 255,
]


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_that_is_no_text_or_too_long_for_a_receipt_stops_nothing(inbox: Inbox, name: str) -> None:
    source = SealSource()
    inbox.put(name, source.full(ONE))
    inbox.put("1.csv", source.register(TWO))
    inbox.put("3.csv", SealSource(number=2).difference([]))
    assert list((await inbox.look()).values()) == ["applied", "applied", "waiting"]
    inbox.put(name, SealSource(number=9).difference([]))
    assert list((await inbox.look()).values()) == ["waiting"]
    assert len(inbox.names("done")) == 2
    heads = [path.read_text(encoding="utf-8").splitlines()[0] for path in (inbox.path / "receipts").iterdir()]
    assert len(heads) == 4
    assert all("2026-12-23" in head for head in heads), "the first line of each is the name and the time"


async def test_a_file_that_may_not_be_read_waits_and_stops_nothing(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, opened = SealSource(), Folder.open
    inbox.put("0.csv", source.full(ONE))
    inbox.put("secret.csv", source.register(TWO))

    def refuse(folder: Folder, file: Arrived) -> BufferedReader:
        if file.name == "secret.csv":
            raise PermissionError
        return opened(folder, file)

    with monkeypatch.context() as patched:
        patched.setattr(Folder, "open", refuse)
        assert await inbox.look() == {"0.csv": "applied"}
        assert "読む権限がない" in inbox.receipt("secret.csv.waiting")
        assert await inbox.look() == {}
    assert await inbox.look() == {"secret.csv": "applied"}
    assert inbox.names("receipts") == {"0.csv.txt", "secret.csv.txt"}


async def test_whatever_a_content_does_to_the_program_it_is_refused_and_the_next_is_taken(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.put("0.csv", SealSource().full(ONE))
    inbox.put("1.csv", SealSource().full(TWO))
    person = Items.person

    def broken(record: Items) -> str:
        if record.texts["person_number"] == ONE.person_number:
            raise OverflowError
        return person(record)

    monkeypatch.setattr(Items, "person", broken)
    assert await inbox.look() == {"0.csv": "refused", "1.csv": "applied"}
    assert "OverflowError" in inbox.receipt("0.csv")


async def test_a_file_that_waits_is_taken_once_staff_have_applied_the_one_before(
    database: Database, inbox: Inbox
) -> None:
    source = SealSource()
    inbox.put("0.csv", source.full(ONE, TWO))
    missing = source.delete("0000000101")
    inbox.put("2.csv", source.delete("0000000102"))
    assert await inbox.look() == {"0.csv": "applied", "2.csv": "waiting"}
    assert await inbox.look() == {}
    await apply_file(await database.connect("sync"), CITY, io.BytesIO(missing), LATER)
    assert await inbox.look() == {"2.csv": "applied"}
    assert (await inbox.persons(), await inbox.look()) == (set(), {})


@pytest.mark.parametrize("moment", ["put_away", "_move"])
async def test_a_file_put_over_one_that_is_being_taken_is_taken_itself(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """As senders do that give every file the same name: what nobody has read is not put away."""
    source, step = SealSource(), getattr(Folder, moment)
    inbox.put("today.csv", source.full(ONE, TWO))
    coming = [source.delete("0000000101"), source.change("0000000102", name="足利　次郎")]

    def overtaken(folder: Folder, *told: Any) -> None:
        if coming:
            inbox.put(".next", coming.pop(0)).rename(inbox.path / "today.csv")
        step(folder, *told)

    monkeypatch.setattr(Folder, moment, overtaken)
    assert await inbox.look() == {"today.csv": "applied"}
    assert (await inbox.persons(), inbox.names()) == ({"0000000102"}, set())
    assert await inbox.receipts() == ["applied"] * 3
