"""Who gets in, with what, how often; and that it is for SFTP alone."""

import asyncio
from typing import Any

import asyncssh
import pytest
import structlog

from kiosk_server.feed_sftp.limits import Limits
from kiosk_server.feed_sftp.touched import Touched
from tests.feed_sftp.drops import CONTENT, LIMIT, Port, run, until_all_left, until_files, until_live


@pytest.mark.parametrize(
    ("sender", "key"),
    [("vendor", "stranger"), ("vendor", "tax"), ("tax", "vendor"), ("nobody", "vendor"), ("", "vendor"), ("elsewhere", "elsewhere")],
)  # fmt: skip
async def test_another_key_another_name_and_another_address_are_refused(port: Port, sender: str, key: str) -> None:
    with structlog.testing.capture_logs() as lines:
        with pytest.raises(asyncssh.PermissionDenied):
            await port.connect(sender, key)
        await until_all_left(port)
    assert lines == [{"event": "sftp_not_signed_in", "log_level": "warning", "count": 1}]


async def test_a_password_is_no_way_in(port: Port) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        await port.connect(client_keys=[], password="password")
    code, said = await run(port.openssh("ssh", "-o", "PreferredAuthentications=none,password", "127.0.0.1", "true"))
    assert (code, "Permission denied (publickey)" in said) == (255, True)


async def test_there_is_no_shell_no_command_and_no_other_subsystem(port: Port) -> None:
    connection = await port.connect()
    for asked in ({}, {"command": "id"}, {"command": "scp -t /"}, {"subsystem": "netconf"}):
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process(**asked)
    code, said = await run(port.openssh("ssh", "127.0.0.1", "id"))
    assert (code != 0, "uid=" in said) == (True, False)
    code, _ = await run(port.openssh("scp", "-O", f"{port.place}/a.csv", "127.0.0.1:1.csv"))
    assert (code != 0, port.files()) == (True, {})


async def test_the_new_scp_of_openssh_is_sftp(port: Port) -> None:
    code, said = await run(port.openssh("scp", f"{port.place}/a.csv", "127.0.0.1:/1.csv"))
    assert said == "", said
    assert (code, port.files()) == (0, {"1.csv": CONTENT})


async def test_nothing_is_forwarded(port: Port) -> None:
    connection = await port.connect()
    for opening in (
        connection.create_connection(asyncssh.SSHTCPSession, "127.0.0.1", port.listener.port),
        connection.create_unix_connection(asyncssh.SSHUNIXSession, "/run/none"),
        connection.create_tun(asyncssh.SSHTunTapSession),
        connection.create_tap(asyncssh.SSHTunTapSession),
        connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", 1),
        connection.forward_remote_path("/run/none", "/run/none"),
    ):
        with pytest.raises((asyncssh.ChannelOpenError, asyncssh.ChannelListenError)):
            await opening
    with pytest.raises(asyncssh.ChannelOpenError):
        await connection.create_process(subsystem="sftp", term_type="vt100")
    code, said = await run(
        port.openssh("ssh", "-A", "-X", "-o", "ExitOnForwardFailure=yes", "-N", "-R", "0:127.0.0.1:1", "127.0.0.1")
    )
    assert (code, "remote port forwarding failed" in said) == (255, True)


@pytest.mark.parametrize(
    "told",
    [
        {"kex_algs": ["diffie-hellman-group14-sha1"]}, {"kex_algs": ["diffie-hellman-group14-sha256"]},
        {"encryption_algs": ["aes128-cbc"]}, {"encryption_algs": ["aes256-ctr"], "mac_algs": ["hmac-sha1"]},
        {"compression_algs": ["zlib@openssh.com"]}, {"server_host_key_algs": ["ssh-rsa"]},
    ],
)  # fmt: skip
async def test_what_is_out_of_date_is_not_spoken(port: Port, told: dict[str, Any]) -> None:
    with pytest.raises(asyncssh.KeyExchangeFailed):
        await port.connect(**told)


@pytest.mark.parametrize("limits", [Limits(LIMIT, failures=2)])
async def test_an_address_that_fails_too_often_is_not_answered(port: Port) -> None:
    for _ in range(2):
        with pytest.raises(asyncssh.PermissionDenied):
            await port.connect("vendor", "stranger")
        await until_all_left(port)
    with pytest.raises((asyncssh.ConnectionLost, ConnectionError)):
        await port.connect()


@pytest.mark.parametrize("limits", [Limits(LIMIT, failures=1)])
async def test_who_only_looks_whether_the_port_is_there_is_no_failure(port: Port) -> None:
    for _ in range(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", port.listener.port)
        assert (await reader.readline()).startswith(b"SSH-2.0-")
        writer.close()
        await until_all_left(port)
    await port.connect()


@pytest.mark.parametrize("limits", [Limits(LIMIT, tries=2)])
async def test_a_connection_offers_few_keys(port: Port) -> None:
    many = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(3)]
    with pytest.raises((asyncssh.ConnectionLost, ConnectionError)):
        await port.connect(client_keys=many)


@pytest.mark.parametrize("limits", [Limits(LIMIT, connections=3, connections_of_sender=2, sessions=1)])
async def test_connections_and_sessions_are_few(port: Port) -> None:
    one = await port.connect()
    await one.start_sftp_client()
    with pytest.raises(asyncssh.ChannelOpenError):
        await one.start_sftp_client()
    await port.connect()
    with pytest.raises((asyncssh.Error, ConnectionError)):
        await (await port.connect()).start_sftp_client()
    await until_live(port, 2)
    await port.sftp("tax")
    with pytest.raises((asyncssh.ConnectionLost, ConnectionError)):
        await port.connect("tax")
    one.close()
    await until_live(port, 2)
    await port.sftp()


@pytest.mark.parametrize("limits", [Limits(LIMIT, sessions=2, connections_of_sender=1, failures=1)])
async def test_sessions_may_follow_each_other_and_too_many_connections_are_no_failure(port: Port) -> None:
    connection = await port.connect()
    for _ in range(5):
        sftp = await connection.start_sftp_client()
        await sftp.stat("/")
        sftp.exit()
        await sftp.wait_closed()
    with pytest.raises((asyncssh.Error, ConnectionError)):
        await (await port.connect()).start_sftp_client()
    await port.sftp("tax")


async def test_whatever_comes_in_a_session_puts_the_end_off_and_the_end_leaves_nothing(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    touches: list[Touched] = []

    def note(touched: Touched) -> None:
        touches.append(touched)

    monkeypatch.setattr(Touched, "touch", note)
    connection = await port.connect()
    sftp = await connection.start_sftp_client()
    before = len(touches)
    file = await sftp.open("1.csv", "wb")
    await file.write(CONTENT)
    assert 0 < before < len(touches)
    touches[-1]._until = 0.0
    touches[-1]._look()
    await asyncio.wait_for(connection.wait_closed(), 60)
    await until_files(port, 0)


@pytest.mark.parametrize("limits", [Limits(LIMIT, login_seconds=0.3)])
async def test_who_does_not_sign_in_is_let_go(port: Port) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port.listener.port)
    said = await asyncio.wait_for(reader.read(), 60)
    assert said.startswith(b"SSH-2.0-SFTP\r\n")
    writer.close()


async def test_a_port_that_is_taken_off_ends_everybody_and_is_free(port: Port) -> None:
    connection = await port.connect()
    sftp = await connection.start_sftp_client()
    file = await sftp.open("1.csv", "wb")
    await file.write(CONTENT)
    await port.listener.stop()
    await asyncio.wait_for(connection.wait_closed(), 60)
    await until_files(port, 0)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", port.listener.port)
    server.close()
