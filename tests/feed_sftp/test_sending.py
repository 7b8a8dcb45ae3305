"""A file is put, or put and renamed, and is in the inbox when its end was answered; nothing else of it ever is."""

import asyncio
import stat

import asyncssh
import pytest
from asyncssh import FXF_APPEND, FXF_CREAT, FXF_EXCL, FXF_READ, FXF_TRUNC, FXF_WRITE

from kiosk_server.feed_sftp.limits import Limits
from tests.feed_sftp.drops import CONTENT, LIMIT, Port, until_files
from tests.terminal.test_journal import room_for


async def test_a_file_is_put_by_both_clients(port: Port) -> None:
    code, said = await port.batch(f"put {port.place}/a.csv 1.csv", "ls -l")
    assert (code, "1.csv" in said) == (0, True)
    sftp = await port.sftp()
    await sftp.put(port.place / "a.csv", "2.csv")
    assert port.files() == {"1.csv": CONTENT, "2.csv": CONTENT}
    status = (port.inbox / "1.csv").stat()
    assert (status.st_mode & 0o777, status.st_nlink) == (0o600, 1)
    assert (await sftp.stat("/2.csv")).size == len(CONTENT)
    assert sorted(str(name) for name in await sftp.listdir("/")) == ["1.csv", "2.csv", "receipts"]


async def test_a_file_is_put_under_a_temporary_name_and_renamed(port: Port) -> None:
    code, _ = await port.batch(f"put -p {port.place}/a.csv .a.csv.x1", "ls -la", "rename .a.csv.x1 1.csv")
    assert code == 0
    sftp = await port.sftp()
    await sftp.put(port.place / "a.csv", "2.csv.filepart", preserve=True)
    assert list(port.files()) != []
    assert "2.csv" not in port.files()
    assert (await sftp.stat("2.csv.filepart")).size == len(CONTENT)
    await sftp.rename("2.csv.filepart", "3.tmp")
    await sftp.posix_rename("3.tmp", "2.csv")
    assert port.files() == {"1.csv": CONTENT, "2.csv": CONTENT}


async def test_what_is_not_renamed_goes_with_the_session(port: Port) -> None:
    code, _ = await port.batch(f"put {port.place}/a.csv 1.csv.part")
    assert code == 0
    await until_files(port, 0)
    assert (await port.batch("rename 1.csv.part 1.csv"))[0] != 0


async def test_an_unfinished_file_can_be_given_up_and_sent_again(port: Port) -> None:
    sftp = await port.sftp()
    for _ in range(2):
        await sftp.put(port.place / "a.csv", "1.part")
    await sftp.put(port.place / "a.csv", "2.part")
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await sftp.open("1.part", FXF_WRITE | FXF_CREAT)
    assert (await sftp.stat("1.part")).size == len(CONTENT)
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await sftp.rename("1.part", "2.part")
    await sftp.posix_rename("1.part", "2.part")
    assert len(port.files()) == 1
    await sftp.remove("2.part")
    assert port.files() == {}
    with pytest.raises(asyncssh.SFTPNoSuchFile):
        await sftp.remove("2.part")


async def test_what_was_sent_is_not_changed_read_removed_or_renamed(port: Port) -> None:
    sftp = await port.sftp()
    await sftp.put(port.place / "a.csv", "1.csv")
    await sftp.put(port.place / "a.csv", "1.csv")
    with pytest.raises(asyncssh.SFTPFailure, match="Another file of that name"):
        async with sftp.open("1.csv", "wb") as file:
            await file.write(b"another")
    for doing in (sftp.remove("1.csv"), sftp.rename("1.csv", "2.csv"), sftp.get("1.csv", port.place / "got")):
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await doing
    for flags in (FXF_READ, FXF_READ | FXF_WRITE, FXF_WRITE | FXF_APPEND, FXF_WRITE | FXF_CREAT | FXF_APPEND):
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await sftp.open("1.csv", flags)
    with pytest.raises(asyncssh.SFTPFailure):
        await sftp.open("1.csv", FXF_WRITE | FXF_CREAT | FXF_EXCL)
    with pytest.raises(asyncssh.SFTPNoSuchFile):
        await sftp.open("3.csv", FXF_WRITE | FXF_TRUNC)
    assert port.files() == {"1.csv": CONTENT}


async def test_a_name_that_is_taken_leaves_the_unfinished_file_to_be_named_otherwise(port: Port) -> None:
    (port.inbox / "1.csv").write_bytes(b"by hand")
    sftp = await port.sftp()
    await sftp.put(port.place / "a.csv", "1.part")
    with pytest.raises(asyncssh.SFTPFailure):
        await sftp.posix_rename("1.part", "1.csv")
    await sftp.rename("1.part", "2.csv")
    assert port.files() == {"1.csv": b"by hand", "2.csv": CONTENT}
    assert await sftp.exists("1.csv") is False


async def test_a_file_is_not_resumed(port: Port) -> None:
    (port.place / "half").write_bytes(CONTENT[:5000])
    cut = await port.batch(
        f"put {port.place}/half 1.csv.part", f"reput {port.place}/a.csv 1.csv.part", "rename 1.csv.part 1.csv"
    )
    assert cut[0] != 0
    whole = await port.batch(f"put {port.place}/half 2.csv", f"reput {port.place}/a.csv 2.csv")
    assert whole[0] != 0
    await until_files(port, 1)
    assert port.files() == {"2.csv": CONTENT[:5000]}


@pytest.mark.parametrize("offset", [1, 5001, 2**40, 2**63, 0], ids=["gap", "one", "far", "farthest", "again"])
async def test_what_is_not_written_in_order_is_not_taken(port: Port, offset: int) -> None:
    sftp = await port.sftp()
    file = await sftp.open("1.csv", "wb")
    await file.write(CONTENT[:5000], 0)
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await file.write(b"x", offset)
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await file.write(CONTENT[5000:], 5000)
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await file.close()
    assert port.files() == {}


async def test_a_file_that_is_too_large_or_empty_is_not_taken(port: Port) -> None:
    (port.place / "large").write_bytes(b"x" * (LIMIT + 1))
    (port.place / "empty").touch()
    assert (await port.batch(f"put {port.place}/large 1.csv"))[0] != 0
    assert (await port.batch(f"put {port.place}/empty 2.csv"))[0] != 0
    assert port.files() == {}


async def test_a_length_is_not_set(port: Port) -> None:
    sftp = await port.sftp()
    async with sftp.open("1.csv", "wb") as file:
        await file.write(CONTENT)
        await file.utime((1, 1))
        await file.chmod(0o777)
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await file.truncate(10)
    await sftp.chmod("1.csv", 0o777)
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await sftp.truncate("1.csv", 10)
    status = (port.inbox / "1.csv").stat()
    assert (status.st_mode & 0o777, status.st_size, status.st_mtime > 1) == (0o600, len(CONTENT), True)


@pytest.mark.parametrize("way", ["close", "abort", "channel", "garbage"])
async def test_a_connection_that_ends_in_the_middle_leaves_nothing(port: Port, way: str) -> None:
    connection = await port.connect()
    sftp = await connection.start_sftp_client()
    file = await sftp.open("1.csv", "wb")
    await file.write(CONTENT)
    await sftp.put(port.place / "a.csv", "2.csv.part")
    await until_files(port, 2)
    if way == "channel":
        sftp.exit()
        await sftp.wait_closed()
    elif way == "garbage":
        sftp._handler._writer.write(b"\xff" * 64)  # type: ignore[union-attr]
    else:
        getattr(connection, way)()
    await until_files(port, 0)


async def test_a_client_that_is_killed_leaves_nothing(port: Port) -> None:
    (port.place / "slow").write_bytes(b"x" * LIMIT)
    command = port.openssh("sftp", "-l", "800", "-b", "-", "127.0.0.1")
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(f"put {port.place}/slow 1.csv\n".encode())
    await until_files(port, 1)
    process.kill()
    await process.wait()
    await until_files(port, 0)


async def test_two_senders_at_once_do_not_meet(port: Port) -> None:
    ones, others = await port.sftp("vendor"), await port.sftp("tax")
    one, other = await ones.open("1.csv", "wb"), await others.open("1.csv", "wb")
    await asyncio.gather(one.write(CONTENT), other.write(CONTENT))
    await one.close()
    with pytest.raises(asyncssh.SFTPFailure, match="belongs to another sender"):
        await other.close()
    with pytest.raises(asyncssh.SFTPFailure, match="belongs to another sender"):
        await others.open("1.csv", "wb")
    await others.put(port.place / "a.csv", "2.csv")
    assert port.files() == {"1.csv": CONTENT, "2.csv": CONTENT}
    assert sorted(str(name) for name in await others.listdir("/")) == ["2.csv", "receipts"]
    assert await others.exists("1.csv") is False
    for doing in (others.remove("1.csv"), others.rename("1.csv", "3.csv")):
        with pytest.raises(asyncssh.SFTPNoSuchFile):
            await doing


async def test_a_sender_of_another_city_has_another_inbox(port: Port) -> None:
    sftp = await port.sftp("neighbour")
    await sftp.put(port.place / "a.csv", "1.csv")
    assert port.files() == {}
    assert (port.place / "inbox_of_other" / "1.csv").read_bytes() == CONTENT
    for path in ("/092029/1.csv", "../inbox/1.csv", "/inbox/1.csv"):
        with pytest.raises(asyncssh.SFTPError):
            await sftp.put(port.place / "a.csv", path)


@pytest.mark.parametrize("limits", [Limits(LIMIT, unfinished=3, waiting=5)])
async def test_too_many_files_are_refused_until_there_are_fewer(port: Port) -> None:
    sftp = await port.sftp()
    held = [await sftp.open(f"{number}.csv", "wb") for number in range(3)]
    with pytest.raises(asyncssh.SFTPFailure, match="Too many"):
        await sftp.open("4.csv", "wb")
    for file in held:
        await file.write(CONTENT)
        await file.close()
    for number in (4, 5):
        await sftp.put(port.place / "a.csv", f"{number}.csv")
    with pytest.raises(asyncssh.SFTPFailure, match="Too many"):
        await sftp.open("6.csv", "wb")
    (port.inbox / "1.csv").unlink()
    await sftp.put(port.place / "a.csv", "6.csv")
    assert len(port.files()) == 5


async def test_a_file_that_finds_no_room_is_told_and_leaves_nothing(port: Port) -> None:
    sftp = await port.sftp()
    # Every file of this process ends there: what a full disk says comes as late as from one.
    with room_for(len(CONTENT) // 2):
        with pytest.raises(asyncssh.SFTPFailure, match="send it again later"):
            await sftp.put(port.place / "a.csv", "1.csv", block_size=16_384)
        with pytest.raises(asyncssh.SFTPFailure, match="send it again later"):
            await sftp.put(port.place / "a.csv", "2.part")
        await until_files(port, 0)
    await sftp.put(port.place / "a.csv", "1.csv")
    assert port.files() == {"1.csv": CONTENT}


async def test_an_inbox_that_is_away_is_told_and_nothing_of_it(port: Port) -> None:
    sftp = await port.sftp()
    file = await sftp.open("1.csv", "wb")
    port.inbox.rename(port.place / "away")
    with pytest.raises(asyncssh.SFTPFailure, match="send it again later") as told:
        await sftp.open("2.csv", "wb")
    assert str(port.place) not in str(told.value)
    await file.write(CONTENT)
    with pytest.raises(asyncssh.SFTPFailure, match="send it again later"):
        await file.close()
    assert stat.S_ISDIR((port.place / "away").stat().st_mode)
