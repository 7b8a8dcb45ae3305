"""Files of staff: whose form, how large, and that nothing is read before that is known."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from kiosk_server.staff import app
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.pages import settlement
from kiosk_server.staff.pages.settlement import MOST_BYTES
from tests.staff.office import Clerk, Office
from tests.sync.registry_rows import CITY

PATH = "/settlement/statements"
TWO_GB = 2 * 1024**3


async def _at_settlement(office: Office) -> Clerk:
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    await clerk.get("/settlement/centre/set-up")
    await clerk.get("/settlement")
    return clerk


def _head(office: Office, clerk: Clerk, boundary: str, length: str) -> bytes:
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in clerk.session.cookie_jar)
    return (
        f"POST /staff{PATH} HTTP/1.1\r\nHost: {office.origin.removeprefix('http://')}\r\nOrigin: {office.origin}\r\n"
        f"Cookie: {cookies}\r\nContent-Type: multipart/form-data; boundary={boundary}\r\n{length}\r\n\r\n"
    ).encode()


async def test_a_2_gb_upload_is_refused_by_what_it_says_of_itself_before_a_byte_of_it_is_sent(office: Office) -> None:
    clerk = await _at_settlement(office)
    reader, writer = await asyncio.open_connection("127.0.0.1", office.server.port)
    writer.write(_head(office, clerk, "b", f"Content-Length: {TWO_GB}"))
    answer = await asyncio.wait_for(reader.read(200), 5)
    assert answer.startswith(b"HTTP/1.1 413")
    writer.close()


async def test_an_upload_that_hides_its_length_ends_at_the_limit(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk_server.staff.pages.settlement.MOST_BYTES", 300_000)
    clerk = await _at_settlement(office)
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield f'--b\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{clerk.token}\r\n'.encode()
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        while sent < MOST_BYTES:
            sent += 65_536
            yield b"x" * 65_536

    headers = {"Origin": office.origin, "Content-Type": "multipart/form-data; boundary=b"}
    async with clerk.session.post(office.url(PATH), data=endless(), headers=headers) as answer:
        assert answer.status == 413
    assert sent < MOST_BYTES


async def test_a_file_with_the_token_of_another_session_is_not_begun(office: Office) -> None:
    clerk = await _at_settlement(office)
    shown = await clerk.upload(PATH, b"a,b\n", "0" * 64, centre="centre", length="day", on="2026-11-22")
    assert shown.status == 403


async def test_the_token_comes_before_the_file(office: Office) -> None:
    clerk = await _at_settlement(office)
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n'
        b'--b\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n' + clerk.token.encode() + b"\r\n--b--\r\n"
    )
    headers = {"Origin": office.origin, "Content-Type": "multipart/form-data; boundary=b"}
    async with clerk.session.post(office.url(PATH), data=body, headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("body", [b"", b"no boundary", b"--b\r\n\r\n", b"--b--\r\n"])
async def test_what_no_browser_makes_of_our_form_is_refused(office: Office, body: bytes) -> None:
    clerk = await _at_settlement(office)
    headers = {"Origin": office.origin, "Content-Type": "multipart/form-data; boundary=b"}
    async with clerk.session.post(office.url(PATH), data=body, headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("content", [b""])
async def test_no_file_is_told(office: Office, content: bytes) -> None:
    clerk = await _at_settlement(office)
    shown = await clerk.upload(PATH, content, centre="centre", length="day", on="2026-11-22")
    assert (shown.status, "ファイルが選ばれていない" in shown.text) == (409, True)


def _ends(read: Callable[..., Awaitable[object]]) -> tuple[Callable[..., Awaitable[object]], asyncio.Event]:
    """It, and when it has ended, however."""
    ended = asyncio.Event()

    async def reading(*told: object) -> object:
        try:
            return await read(*told)
        finally:
            ended.set()

    return reading, ended


@pytest.mark.parametrize("sort", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
async def test_a_browser_that_leaves_while_it_sends_is_no_fault_of_ours(
    office: Office, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    clerk = await _at_settlement(office)
    is_form, faults = sort.endswith("urlencoded"), list[object]()
    room, name, path = (app, "read_form", "/residents") if is_form else (settlement, "read_upload", PATH)
    reading, ended = _ends(getattr(room, name))
    monkeypatch.setattr(room, name, reading)
    monkeypatch.setattr(app, "log_fault", lambda _call, error: faults.append(error))
    # As the process serves it: the server of tests would cancel what a browser leaves.
    server = web.AppRunner(app.build_staff_app(office.console, {CITY: "足利市"}))
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", 0).start()
    _, writer = await asyncio.open_connection(*server.addresses[0])
    head = _head(office, clerk, "b", "Content-Length: 1000").decode()
    head = head.replace(PATH, path).replace("multipart/form-data; boundary=b", sort)
    writer.write(head.encode() + (b"a=b" if is_form else b"--b\r\nContent-Disp"))
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()
    await asyncio.wait_for(ended.wait(), 5)
    await server.cleanup()
    assert faults == []
