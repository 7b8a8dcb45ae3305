"""Who may talk to the page: our own page in this machine's browser. Everybody else changes nothing and reads nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.screens import Screens, Setting
from kiosk_server.terminal.serving import build_app
from tests.terminal.bench import PIN, RACK, Bench, terminal
from tests.terminal.city import FakeService

Page = TestClient[web.Request, web.Application]
SETTING = Setting("見本市", is_reader_virtual=True, is_payment_simulated=True, is_printer_simulated=True)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with terminal(tmp_path, FakeService()) as made:
        yield made


@pytest.fixture
async def page(bench: Bench) -> AsyncIterator[Page]:
    async with TestClient(TestServer(build_app(bench.machine, Screens(SETTING).draw, None))) as client:
        yield client


def ours(page: Page) -> dict[str, str]:
    return {"Origin": f"http://127.0.0.1:{page.port}", "Sec-Fetch-Site": "same-origin"}


async def sent(page: Page, data: dict[str, str], **headers: str) -> int:
    answer = await page.post("/", data=data, headers={**ours(page), **headers}, allow_redirects=False)
    return answer.status


async def test_our_own_page_is_shown_with_every_header_that_keeps_others_out(page: Page) -> None:
    answer = await page.get("/")
    assert answer.status == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "localhost:1", "127.0.0.1", "127.0.0.1:1", ""])
async def test_a_name_that_was_pointed_here_is_refused(page: Page, host: str) -> None:
    for path in ("/", "/now", "/terminal.js"):
        answer = await page.get(path, headers={"Host": host})
        assert answer.status in {400, 403}
        assert "見本市" not in await answer.text()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_page_of_others_neither_shows_nor_reads_ours(page: Page, site: str) -> None:
    for path in ("/", "/now"):
        assert (await page.get(path, headers={"Sec-Fetch-Site": site})).status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"])
async def test_a_form_of_another_page_changes_nothing(page: Page, bench: Bench, origin: str) -> None:
    data = {"token": bench.machine.token, "do": "next", "language": "en"}
    assert await sent(page, data, Origin=origin) == 403
    assert (await page.post("/stay", headers={"Origin": origin})).status == 403
    assert bench.step is Step.LANGUAGE


async def test_a_form_without_an_origin_changes_nothing(page: Page, bench: Bench) -> None:
    data = {"token": bench.machine.token, "do": "next", "language": "en"}
    assert (await page.post("/", data=data, allow_redirects=False)).status == 403
    assert bench.step is Step.LANGUAGE


async def test_our_form_leads_back_to_the_one_address(page: Page, bench: Bench) -> None:
    answer = await page.post(
        "/",
        data={"token": bench.machine.token, "do": "next", "language": "en"},
        headers=ours(page),
        allow_redirects=False,
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert bench.step is Step.CARD


async def test_other_bodies_and_great_ones_are_refused(page: Page) -> None:
    assert (await page.post("/", json={"do": "next"}, headers=ours(page))).status == 415
    assert await sent(page, {"token": "x" * 9000}) == 413


async def test_there_is_no_demo_where_there_is_none(page: Page, bench: Bench) -> None:
    data = {"token": bench.machine.token, "coin": "500"}
    assert (await page.post("/demo", data=data, headers=ours(page))).status == 404


async def test_the_page_never_holds_the_pin_or_the_number_of_the_card(page: Page, bench: Bench) -> None:
    bench.does("next", language="en")
    bench.reader.place(RACK.card(0))
    await bench.until(Step.PIN)
    assert await sent(page, {"token": bench.machine.token, "do": "next", "pin": PIN}) == 303
    await bench.until(Step.REMOVE_CARD)
    text = await (await page.get("/")).text()
    assert PIN not in text
    assert "123456789" not in text
