"""A sender reads what became of its own files, over SFTP, after a start anew too; of those of others it sees nothing."""

import os

import asyncssh
import pytest

from kiosk_server.feed_sftp.limits import Limits
from kiosk_server.feed_sftp.listening import listen
from kiosk_server.feed_sftp.senders import sftp_senders_in
from sync.feeds.claims import Claims, NameOfAnother
from sync.feeds.folder import Folder
from sync.feeds.folder_pass import FolderPass
from sync.feeds.incoming import Incoming
from tests.feed_sftp.drops import LIMIT, Port
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS, Seal, SealSource


async def test_a_file_is_taken_and_its_receipt_read_back_by_both_clients(port: Port, database: Database) -> None:
    watching, source = FolderPass(await database.connect("sync"), CITY, Folder(port.inbox)), SealSource()
    first, _, after = (
        source.full(Seal("0000000101", "A-1")),
        source.delete("0000000101"),
        source.register(Seal("0000000102", "A-2")),
    )
    for name, content in (("1.csv", first), ("3.csv", after), ("bad.csv", b"nothing")):
        (port.place / name).write_bytes(content)
        assert (await port.batch(f"put {port.place}/{name} {name}.filepart", f"rename {name}.filepart {name}"))[0] == 0
    long_ago = BEGINS.timestamp() - 60
    for path in port.inbox.iterdir():
        if path.is_file():
            os.utime(path, (long_ago, long_ago))
    assert {outcome.result for outcome in await watching.look(source.as_of)} == {"applied", "refused", "waiting"}
    code, said = await port.batch(
        "ls -l receipts", f"get receipts/1.csv.txt {port.place}/got", f"get -r receipts {port.place}/all"
    )
    assert (code, "3.csv.waiting.txt" in said) == (0, True)
    assert "適用" in (port.place / "got").read_text(encoding="utf-8")
    assert {path.name for path in (port.place / "all").iterdir()} == {"1.csv.txt", "3.csv.waiting.txt", "bad.csv.txt"}
    sftp = await port.sftp()
    async with sftp.open("/receipts/bad.csv.txt") as receipt:
        assert "断りました" in await receipt.read()
        assert (await receipt.stat()).size == (port.inbox / "receipts" / "bad.csv.txt").stat().st_size
    for doing in (
        sftp.remove("receipts/1.csv.txt"),
        sftp.open("receipts/1.csv.txt", "wb"),
        sftp.rename("receipts/1.csv.txt", "x.csv"),
    ):
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await doing


async def test_receipts_of_others_are_not_there_and_own_ones_are_after_a_start_anew(port: Port) -> None:
    receipts = port.inbox / "receipts"
    receipts.mkdir()
    (receipts / "before.csv.txt").write_text("of somebody else, before")
    os.utime(receipts / "before.csv.txt", (1, 1))
    for sender, name in (
        ("vendor", "a"),
        ("tax", "a.waiting"),
        ("vendor", "before.csv"),
        ("tax", "t.csv"),
        ("vendor", "v.csv"),
    ):
        await (await port.sftp(sender)).put(port.place / "a.csv", name)
    for name in (
        "a",
        "a.waiting",
        "t.csv",
        "v.csv",
        "v.csv.20261126T030405000000",
        "before.csv.20261126T030405000000",
        "by_hand.csv",
    ):
        (receipts / f"{name}.txt").write_text(name)
    await port.listener.stop()
    directories = {CITY: port.place / "senders"}
    limits = Limits(LIMIT)
    port.listener = await listen(
        ("127.0.0.1", 0), port.host_key, sftp_senders_in(directories), {CITY: port.inbox}, limits
    )
    seen = {sender: await (await port.sftp(sender)).listdir("receipts") for sender in ("vendor", "tax")}
    assert sorted(map(str, seen["vendor"])) == [
        "a.txt", "before.csv.20261126T030405000000.txt", "v.csv.20261126T030405000000.txt", "v.csv.txt",
    ]  # fmt: skip
    assert list(map(str, seen["tax"])) == ["t.csv.txt"]
    sftp = await port.sftp()
    for name in ("t.csv", "before.csv", "by_hand.csv", "a.waiting", "none"):
        with pytest.raises(asyncssh.SFTPNoSuchFile):
            await sftp.open(f"receipts/{name}.txt")


def test_a_name_is_of_whom_it_was_first_and_free_again_where_nothing_came_of_it(port: Port) -> None:
    claims = Claims(port.inbox)
    with pytest.raises(OSError, match="full"), claims.claimed("1.csv", "vendor"):
        raise OSError("full")
    assert claims.sender("1.csv") is None
    with claims.claimed("1.csv", "vendor"):
        pass
    with pytest.raises(OSError, match="full"), claims.claimed("1.csv", "vendor"):
        raise OSError("full")
    assert claims.sender("1.csv") == "vendor"
    with Incoming(port.inbox, 4) as incoming:
        incoming.add(b"mine")
        with pytest.raises(NameOfAnother):
            incoming.enter("1.csv", "tax")
    assert port.files() == {}
