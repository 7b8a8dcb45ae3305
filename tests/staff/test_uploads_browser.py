"""A statement on its way, in Chromium: how much of it has left, what to do when the line breaks, and that what was refused can be sent again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from kiosk_server.staff.pages import settlement
from kiosk_server.staff.uploads import read_upload
from kiosk_server.staff.visit import Visit
from tests.axe import barriers
from tests.settling.tables import csv_table, row
from tests.staff.office import Office
from tests.staff.test_settlement import at_settlement, counted, issued
from tests.terminal.screen import PATIENCE

_NO_TABLE = b"a,b\r\n" * 6_000_000
"""More than what a connection holds by itself: of this something is left to be sent until somebody reads it."""
_BETWEEN = "const bar = document.querySelector('progress'); return bar.value > 0 && bar.value < bar.max"
_TOLD = "return document.querySelector('[data-failed]').textContent"


@dataclass(frozen=True, slots=True)
class _Sender:
    """Somebody of reconciliation before the form. The browser waits in a thread of its own: the console answers from this one."""

    office: Office
    browser: WebDriver
    number: str

    async def send(self, file: Path, content: bytes) -> None:
        await asyncio.to_thread(file.write_bytes, content)
        await asyncio.to_thread(self._send, file)

    async def sees(self, is_so: Callable[[], object]) -> None:
        wait = WebDriverWait(self.browser, PATIENCE, 0.05)
        await asyncio.to_thread(wait.until, lambda _: is_so())

    def asks(self, script: str) -> object:
        return self.browser.execute_script(script)

    def click(self, selector: str) -> None:
        self.browser.find_element(By.CSS_SELECTOR, selector).click()

    def _send(self, file: Path) -> None:
        for name, value in (("on", "2026-11-23"), ("length", "day")):
            script = f"document.querySelector('[name={name}]').value = '{value}'"
            self.browser.execute_script(script)
        self.browser.find_element(By.NAME, "file").send_keys(str(file))
        self.click("button.go")


@pytest.fixture
async def sender(office: Office, browser: WebDriver, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[_Sender]:
    monkeypatch.setattr(settlement, "AT_ONCE_SECONDS", 60.0)
    (number,) = await issued(office, 1)
    clerk = await at_settlement(office)
    [cookie] = [one.value for one in clerk.session.cookie_jar if one.key == "kiosk_staff"]

    def opened() -> None:
        browser.get(office.url("/sign-in"))
        browser.add_cookie({"name": "kiosk_staff", "value": cookie, "path": "/staff"})
        browser.get(office.url("/settlement"))

    await asyncio.to_thread(opened)
    yield _Sender(office, browser, number)
    await asyncio.to_thread(browser.delete_all_cookies)
    await asyncio.to_thread(browser.get, "about:blank")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Nobody reads what is sent until this is set."""
    go_on = asyncio.Event()
    _reading(monkeypatch, lambda _: go_on.wait())
    return go_on


def _reading(monkeypatch: pytest.MonkeyPatch, before: Callable[[Visit], Awaitable[object]]) -> None:
    async def reading(visit: Visit, most: int) -> Any:
        await before(visit)
        return await read_upload(visit, most)

    monkeypatch.setattr(settlement, "read_upload", reading)


async def test_how_much_has_left_is_shown_and_what_was_refused_is_mended_and_sent_again(
    sender: _Sender, held: asyncio.Event, tmp_path: Path
) -> None:
    await sender.send(tmp_path / "none.csv", _NO_TABLE)
    await sender.sees(lambda: sender.asks(_BETWEEN))
    assert await asyncio.to_thread(barriers, sender.browser) == []
    assert await asyncio.to_thread(sender.asks, "return document.querySelector('button.go').disabled") is True
    held.set()
    await sender.sees(lambda: "何も取り込んでいません" in str(sender.asks(_TOLD)))
    assert await asyncio.to_thread(sender.asks, "return document.querySelector('[name=on]').value") == "2026-11-23"
    assert await asyncio.to_thread(barriers, sender.browser) == []
    await sender.send(tmp_path / "day.csv", csv_table([row(sender.number)]))
    await sender.sees(lambda: "明細を取り込み、突合しました" in str(sender.asks("return document.body.innerText")))
    assert sender.browser.current_url.endswith("/settlement/centre/2026-11?said=statement_taken")
    assert await counted(sender.office, "statement") == 1


async def test_a_line_that_breaks_is_told_with_what_to_do_and_nothing_is_taken_in(
    sender: _Sender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def broken(visit: Visit) -> None:
        assert visit.request.transport is not None
        visit.request.transport.abort()

    _reading(monkeypatch, broken)
    await sender.send(tmp_path / "none.csv", _NO_TABLE)
    await sender.sees(lambda: "もう一度送ってください" in str(sender.asks(_TOLD)))
    assert await asyncio.to_thread(sender.asks, "return document.querySelector('button.go').disabled") is False
    assert await counted(sender.office, "statement") == 0
    _reading(monkeypatch, lambda _: asyncio.sleep(0))
    await sender.send(tmp_path / "day.csv", csv_table([row(sender.number)]))
    await sender.sees(lambda: "明細を取り込み、突合しました" in str(sender.asks("return document.body.innerText")))


async def test_sending_is_stopped_by_a_button(sender: _Sender, held: asyncio.Event, tmp_path: Path) -> None:
    await sender.send(tmp_path / "none.csv", _NO_TABLE)
    await sender.sees(lambda: sender.asks(_BETWEEN))
    await asyncio.to_thread(sender.click, "[data-sending] button")
    await sender.sees(lambda: "送信をやめました" in str(sender.asks(_TOLD)))
    assert (
        await asyncio.to_thread(sender.asks, "return document.querySelector('[data-sending]').checkVisibility()")
        is False
    )
    held.set()


async def test_a_file_beyond_the_limit_is_told_before_it_leaves(
    sender: _Sender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def never(visit: Visit) -> None:
        pytest.fail(f"{visit.request.path} was sent something")

    _reading(monkeypatch, never)
    monkeypatch.setattr(settlement, "MOST_BYTES", 1000)
    await asyncio.to_thread(sender.browser.refresh)
    await sender.send(tmp_path / "large.csv", b"x" * 1001)
    await sender.sees(lambda: "大きすぎます" in str(sender.asks(_TOLD)))
    assert await counted(sender.office, "statement") == 0
